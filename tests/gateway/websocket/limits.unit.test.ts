import { afterEach, describe, expect, it, vi } from 'vitest';
import { eventually } from '../../support/patience.ts';
import { createTestGateway, gate, settle } from './test-gateway.ts';
import type { TestTab } from './test-tab.ts';

const LIKE = {
  action: 'like_message',
  data: { chat_id: 'aaaaaaaa-0000-4000-8000-000000000001', id: 'aaaaaaaa-0000-4000-8000-000000000001' },
};

afterEach(() => {
  vi.useRealTimers();
});

describe('the rate limit', () => {
  it('lets 50 frames in a second pass and closes with 3029 at the next', async () => {
    const { open, commands } = createTestGateway();
    const [tab, other] = [await open('ann'), await open('ann')];
    for (let index = 0; index < 50; index += 1) tab.ask(LIKE);
    await settle();
    expect(tab.code).toBeUndefined();
    tab.ask(LIKE);
    expect(tab.code).toBe(3029);
    expect(commands.asked).toHaveLength(50);
    other.ask(LIKE);
    expect(other.code).toBeUndefined();
  });

  it('counts the frames of any second, not those of the clock', async () => {
    const { open, time } = createTestGateway({ FRAME_LIMIT_PER_S: 10 });
    const tab = await open('ann');
    const send = (count: number) => {
      for (let index = 0; index < count; index += 1) tab.ask(LIKE);
    };
    time.now += 900;
    send(6);
    time.now += 500;
    send(4);
    time.now += 500;
    send(6);
    expect(tab.code).toBeUndefined();
    time.now += 400;
    send(1);
    expect(tab.code).toBe(3029);
  });

  it('counts bad frames too, and is looked at first', async () => {
    const { open } = createTestGateway({ FRAME_LIMIT_PER_S: 1 });
    const tab = await open('ann');
    tab.ask(LIKE);
    tab.sendText('bad');
    expect(tab.code).toBe(3029);
  });
});

describe('a tab that talks before its welcome', () => {
  const CONTENT_BYTES = 15_000;
  const say = (tab: TestTab, first: number, count: number, content = 'hello') => {
    for (let index = first; index < first + count; index += 1)
      tab.ask({
        action: 'new_message',
        data: { chat_id: LIKE.data.chat_id, content, timestamp: '' },
        request_id: `${index}`,
      });
  };
  const refused = (tab: TestTab) => tab.of('error').map(({ request_id, data }) => [request_id, data.code]);

  it.each([
    ['32 frames', 32, 'hello'],
    ['64 KiB, of which the largest frames are four', 4, 'x'.repeat(CONTENT_BYTES)],
    ['64 KiB, in whatever letters', 4, '☃'.repeat(CONTENT_BYTES / 3)],
  ])('has %s kept and answered then; the next are refused as unavailable', async (_, kept, content) => {
    const { connect, commands, sessions } = createTestGateway({ FRAME_LIMIT_PER_S: 100 });
    const answers = gate();
    sessions.answers = answers.opened;
    const tab = connect('ann');
    say(tab, 0, kept + 2, content);
    expect(refused(tab)).toEqual([
      [`${kept}`, 'unavailable'],
      [`${kept + 1}`, 'unavailable'],
    ]);
    answers.open();
    await eventually(() => expect(tab.of('ack')).toHaveLength(kept));
    expect(commands.asked).toHaveLength(kept);
  });

  it('is held to that no longer, once it is welcomed', async () => {
    const { connect, commands, sessions } = createTestGateway({ FRAME_LIMIT_PER_S: 1000 });
    const answers = gate();
    sessions.answers = answers.opened;
    const tab = connect('ann');
    say(tab, 0, 4, 'x'.repeat(CONTENT_BYTES));
    answers.open();
    await eventually(() => expect(tab.of('ack')).toHaveLength(4));
    commands.answersAtOnce = false;
    say(tab, 4, 256, 'x'.repeat(CONTENT_BYTES));
    expect(refused(tab)).toEqual([]);
    say(tab, 260, 1);
    expect(refused(tab)).toEqual([['260', 'unavailable']]);
  });
});

describe('a tab that does not read', () => {
  it('is closed with 3008 beyond the limit, and cut when it does not even read that', async () => {
    const { open, feed } = createTestGateway({ SLOW_CONSUMER_BYTES: 1000 });
    const [slow, other] = [await open('ann'), await open('ann')];
    vi.useFakeTimers();
    slow.reads = false;
    slow.unsent = 1000;
    feed.push('ann', 'one');
    await vi.advanceTimersByTimeAsync(1);
    expect(slow.code).toBeUndefined();
    slow.unsent = 1001;
    feed.push('ann', 'two', 'three');
    await vi.advanceTimersByTimeAsync(1);
    expect(slow.code).toBe(3008);
    expect(slow.isTerminated).toBe(false);
    expect(other.story).toEqual(['welcome', 'one', 'two', 'three']);
    await vi.advanceTimersByTimeAsync(10_000);
    expect(slow.isTerminated).toBe(true);
    expect(slow.story).toEqual(['welcome', 'one', 'two']);
  });

  it('is closed with 3008 for unread acks as well', async () => {
    const { open } = createTestGateway({ SLOW_CONSUMER_BYTES: 1000 });
    const tab = await open('ann');
    tab.unsent = 1001;
    tab.ask({ ...LIKE, request_id: 'r' });
    await eventually(() => expect(tab.code).toBe(3008));
  });

  it('is not slow because of a replay, but because of what comes on top of it', async () => {
    const { connect, feed } = createTestGateway({ SLOW_CONSUMER_BYTES: 1000 });
    const answers = gate();
    feed.answers = answers.opened;
    feed.push('ann', 'seen', 'missed');
    const tab = connect('ann', { query: 'cursor=1.0.7' });
    tab.unsent = 50_000;
    answers.open();
    await eventually(() => expect(tab.story).toEqual(['missed', 'welcome']));
    tab.unsent = 51_000;
    feed.push('ann', 'live');
    await settle();
    expect(tab.code).toBeUndefined();
    tab.unsent = 51_001;
    feed.push('ann', 'too much');
    await settle();
    expect(tab.code).toBe(3008);
  });

  it('loses the allowance of a replay once it has caught up', async () => {
    const { connect, feed } = createTestGateway({ SLOW_CONSUMER_BYTES: 1000 });
    feed.push('ann', 'seen', 'missed');
    const tab = connect('ann', { query: 'cursor=1.0.7' });
    tab.unsent = 50_000;
    await eventually(() => expect(tab.story).toEqual(['missed', 'welcome']));
    tab.unsent = 0;
    feed.push('ann', 'read');
    await settle();
    tab.unsent = 2000;
    feed.push('ann', 'not read');
    await settle();
    expect(tab.code).toBe(3008);
  });
});
