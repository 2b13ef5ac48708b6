import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { serverFrame } from '../../../protocol/server-frames.ts';
import { eventually } from '../../support/patience.ts';
import { createTestGateway, settle } from './test-gateway.ts';
import type { TestTab } from './test-tab.ts';

const CHAT = 'aaaaaaaa-0000-4000-8000-000000000001';
const OTHER_CHAT = 'aaaaaaaa-0000-4000-8000-000000000002';

const type = (tab: TestTab, chat_id = CHAT, request_id?: string) =>
  tab.ask({ action: 'typing', data: { chat_id }, ...(request_id && { request_id }) });

/** Ann has a chat with Bob, and another one, and two tabs. */
async function chatWithBob({ is_blocked = false } = {}) {
  const test = createTestGateway();
  test.people.chats.set(CHAT, { username: 'Bob', is_blocked });
  test.people.chats.set(OTHER_CHAT, { username: 'Bob', is_blocked });
  const [ann, phone, bob] = [await test.open('ann'), await test.open('ann-phone'), await test.open('bob')];
  const acked = async (request_id: string) => {
    await eventually(() => expect(ann.of('ack').map((ack) => ack.request_id)).toContain(request_id));
    await settle();
  };
  return { ...test, ann, phone, bob, acked };
}

describe('whoever types', () => {
  it('is shown to all tabs of the other one, to none of their own, and not acked without being asked', async () => {
    const { open, ann, phone, bob } = await chatWithBob();
    const other = await open('bob');
    type(ann, CHAT.toUpperCase());
    const typing = { action: 'typing', data: { chat_id: CHAT, username: 'Ann' } };
    await eventually(() => expect(bob.of('typing')).toEqual([typing]));
    await eventually(() => expect(other.of('typing')).toEqual([typing]));
    expect([ann.story, phone.story]).toEqual([['welcome'], ['welcome']]);
    for (const frame of bob.frames) serverFrame.parse(frame);
  });

  it('is acked at the newest place that is known', async () => {
    const { ann, feed } = await chatWithBob();
    feed.push('ann', 'one', 'two');
    type(ann, CHAT, '1');
    await eventually(() =>
      expect(ann.of('ack')).toEqual([{ action: 'ack', request_id: '1', data: { position: '2' } }]),
    );
  });

  it('is shown once in two seconds, of each chat and from each tab', async () => {
    const { ann, phone, bob, people, time, acked } = await chatWithBob();
    type(ann, CHAT, '1');
    type(ann, CHAT, '2');
    await acked('2');
    expect(bob.of('typing')).toHaveLength(1);
    expect(people.reads).toHaveLength(1);
    type(ann, OTHER_CHAT);
    type(phone, CHAT);
    await eventually(() => expect(bob.of('typing')).toHaveLength(3));
    time.now += 1999;
    type(ann, CHAT, '3');
    await acked('3');
    expect(bob.of('typing')).toHaveLength(3);
    time.now += 1;
    type(ann, CHAT);
    await eventually(() => expect(bob.of('typing')).toHaveLength(4));
  });

  it('is shown to nobody where one has blocked the other, and is acked as if it were', async () => {
    const { ann, bob, acked } = await chatWithBob({ is_blocked: true });
    type(ann, CHAT, '1');
    await acked('1');
    expect(bob.story).toEqual(['welcome']);
  });

  it('in a chat that is not theirs is refused, however often', async () => {
    const { ann } = await chatWithBob();
    for (const request_id of ['1', '2']) type(ann, randomUUID(), request_id);
    type(ann, randomUUID());
    await eventually(() =>
      expect(ann.of('error').map(({ request_id, data }) => [request_id, data.code])).toEqual([
        ['1', 'chat_not_found'],
        ['2', 'chat_not_found'],
        [undefined, 'chat_not_found'],
      ]),
    );
  });

  it('is refused as unavailable while the read models are away, and goes on afterwards', async () => {
    const { ann, bob, people } = await chatWithBob();
    people.unavailable = true;
    type(ann, CHAT, '1');
    await eventually(() =>
      expect(ann.of('error')[0]?.data).toMatchObject({ code: 'unavailable', retryable: true }),
    );
    people.unavailable = false;
    type(ann);
    await eventually(() => expect(bob.of('typing')).toHaveLength(1));
  });

  it('is acked also when the bus is away, which loses it', async () => {
    const { ann, bob, bus, acked } = await chatWithBob();
    bus.broken = true;
    type(ann, CHAT, '1');
    await acked('1');
    bus.broken = false;
    expect(bob.story).toEqual(['welcome']);
  });
});
