import { describe, expect, it } from 'vitest';
import { eventually } from '../../support/patience.ts';
import { createTestGateway, gate, settle } from './test-gateway.ts';

const FRAME = { action: 'cancel_game_invite', data: { username: 'Bob' } };

describe('the presence of a tab', () => {
  it('begins with its welcome and ends with the tab', async () => {
    const { open, presence } = createTestGateway();
    const tab = await open('ann');
    expect(presence.story).toEqual(['joined ann']);
    tab.disconnect();
    expect(presence.story).toEqual(['joined ann', 'left ann: client']);
  });

  it('has not begun before it is welcomed, and never does for one that leaves before', async () => {
    const { connect, feed, presence } = createTestGateway();
    const answers = gate();
    feed.answersOfLeader = answers.opened;
    const tab = connect('ann');
    await eventually(() => expect(feed.asked).toBe(1));
    expect(presence.story).toEqual([]);
    tab.disconnect();
    answers.open();
    await settle();
    expect([tab.frames, presence.story]).toEqual([[], []]);
  });

  it('ends with its session, wherever that is ended', async () => {
    const { open, sessionChanged, presence } = createTestGateway();
    const tabs = [await open('ann'), await open('ann-phone'), await open('bob')];
    presence.story.splice(0);
    sessionChanged({ change: 'logged_out', sessionId: 'ann' });
    sessionChanged({ change: 'revoked', sessionId: 'ann-phone' });
    await eventually(() => expect(tabs.map(({ code }) => code)).toEqual([3000, 3002, undefined]));
    expect(presence.story).toEqual(['left ann: NORMAL', 'left ann-phone: ILLEGAL_CONNECTION']);
  });

  it('ends when its session expires', async () => {
    const { open, time, presence } = createTestGateway();
    const tab = await open('ann');
    time.now += 3_600_000;
    await eventually(() => expect(tab.code).toBe(3002));
    expect(presence.story.at(-1)).toBe('left ann: ILLEGAL_CONNECTION');
  });

  it.each([
    ['BAD_DATA', 'nonsense', {}],
    ['RATE_LIMITED', JSON.stringify(FRAME), { FRAME_LIMIT_PER_S: 1 }],
  ])('ends by %s', async (by, text, limits) => {
    const { open, presence } = createTestGateway(limits);
    const tab = await open('ann');
    tab.sendText(text);
    tab.sendText(text);
    expect(presence.story.at(-1)).toBe(`left ann: ${by}`);
    tab.disconnect();
    expect(presence.story.filter((step) => step.startsWith('left'))).toHaveLength(1);
  });

  it('ends when the gateway drains', async () => {
    const { gateway, open, presence } = createTestGateway();
    await open('ann');
    await gateway.drain();
    expect(presence.story).toEqual(['joined ann', 'left ann: CANCELLED']);
  });

  it('is active by its frames, and by no other sign of life', async () => {
    const { open, presence } = createTestGateway({ PING_INTERVAL_S: 1 });
    const tab = await open('ann');
    await eventually(() => expect(tab.of('ping')).toHaveLength(1));
    expect(presence.story).toEqual(['joined ann']);
    tab.ask(FRAME);
    expect(presence.story).toEqual(['joined ann', 'active ann']);
  });

  it('is told when its session is active elsewhere', async () => {
    const { open, sessionChanged, presence } = createTestGateway();
    await open('ann');
    sessionChanged({ change: 'active', sessionId: 'ann' });
    await eventually(() => expect(presence.story).toEqual(['joined ann', 'heard ann']));
  });
});

describe('a gateway that was taken for dead', () => {
  it('has all of its tabs come again, also those that are not welcomed yet', async () => {
    const { connect, open, feed, presence } = createTestGateway();
    const [ann, bob] = [await open('ann'), await open('bob')];
    const answers = gate();
    feed.answersOfLeader = answers.opened;
    const late = connect('ann');
    presence.fence();
    expect([ann, bob, late].map(({ code }) => code)).toEqual([3001, 3001, 3001]);
    answers.open();
    await settle();
    expect(late.frames).toEqual([]);
  });

  it('welcomes those that come again', async () => {
    const { open, presence } = createTestGateway();
    await open('ann');
    presence.fence();
    const again = await open('ann');
    expect(again.code).toBeUndefined();
    expect(presence.story).toEqual(['joined ann', 'left ann: CANCELLED', 'joined ann']);
  });
});
