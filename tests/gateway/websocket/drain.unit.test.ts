import { describe, expect, it } from 'vitest';
import { eventually } from '../../support/patience.ts';
import { createTestGateway, gate, settle } from './test-gateway.ts';

const message = (content: string) => ({
  action: 'new_message',
  data: { chat_id: 'aaaaaaaa-0000-4000-8000-000000000001', content, timestamp: '' },
  request_id: content,
});

describe('a gateway that drains', () => {
  it('answers frames under way, then closes every tab with 3001', async () => {
    const { gateway, open, commands, bus } = createTestGateway({ COMMAND_TIMEOUT_MS: 10_000 });
    commands.answersAtOnce = false;
    const [ann, bob] = [await open('ann'), await open('bob')];
    ann.ask(message('a'));
    ann.ask(message('b'));
    const drained = gateway.drain();
    await settle();
    expect([ann.code, bob.code]).toEqual([undefined, undefined]);
    commands.accept(0);
    await eventually(() => expect(commands.asked).toHaveLength(2));
    commands.accept(1);
    await drained;
    expect(ann.story).toEqual(['welcome', 'ack', 'ack']);
    expect([ann.code, bob.code]).toEqual([3001, 3001]);
    await eventually(() => expect(bus.subjects).toEqual([]));
  });

  it('turns new tabs away with 3001, and new frames as unavailable', async () => {
    const { gateway, open, connect, commands } = createTestGateway({ COMMAND_TIMEOUT_MS: 10_000 });
    commands.answersAtOnce = false;
    const tab = await open('ann');
    tab.ask(message('a'));
    const drained = gateway.drain();
    expect(connect('ann').code).toBe(3001);
    tab.ask(message('b'));
    expect(tab.frames[1]).toMatchObject({ action: 'error', request_id: 'b', data: { code: 'unavailable' } });
    commands.accept(0);
    await drained;
    expect(commands.asked).toHaveLength(1);
  });

  it('closes tabs that are not welcomed yet at once', async () => {
    const { gateway, connect, sessions } = createTestGateway();
    const answers = gate();
    sessions.answers = answers.opened;
    const tab = connect('ann');
    tab.ask(message('a'));
    const drained = gateway.drain();
    expect(tab.code).toBe(3001);
    await drained;
    answers.open();
    await settle();
    expect(tab.frames).toEqual([]);
  });

  it('waits no longer than a command may take', async () => {
    const { gateway, open, commands } = createTestGateway({ COMMAND_TIMEOUT_MS: 100 });
    commands.answersAtOnce = false;
    const tab = await open('ann');
    tab.ask(message('a'));
    await gateway.drain();
    expect(tab.code).toBe(3001);
  });

  it('does not wait for a client that does not read, nor drain twice', async () => {
    const { gateway, open } = createTestGateway();
    const tab = await open('ann');
    tab.reads = false;
    await Promise.all([gateway.drain(), gateway.drain()]);
    expect(tab.closedWith).toEqual({ code: 3001, reason: expect.any(String) });
  });
});
