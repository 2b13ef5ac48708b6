import { describe, expect, it } from 'vitest';
import { UserAllowance } from '../../../gateway/websocket/user-allowance.ts';
import { eventually } from '../../support/patience.ts';
import { createTestGateway, gate, settle } from './test-gateway.ts';
import type { TestTab } from './test-tab.ts';

const ID = 'aaaaaaaa-0000-4000-8000-000000000001';
const LIKE = { action: 'like_message', data: { chat_id: ID, id: ID } };
const say = (tab: TestTab, count: number) => {
  for (let said = 0; said < count; said += 1) tab.ask(LIKE);
};

describe('the frames of one user', () => {
  /** So many tabs of Ann's, of which each may send two frames in a second, and all together ten. */
  async function tabsOf(count: number) {
    const gateway = createTestGateway({ FRAME_LIMIT_PER_S: 2 });
    const tabs = await Promise.all(
      Array.from({ length: count }, (_, index) => gateway.open(index % 2 ? 'ann' : 'ann-phone')),
    );
    return { ...gateway, tabs, codes: () => tabs.map(({ code }) => code) };
  }

  it('are five times as many as of one tab: the tab whose frame is one too many is closed with 3029', async () => {
    const { open, tabs, codes, commands } = await tabsOf(6);
    const bob = await open('bob');
    for (const tab of tabs.slice(0, 5)) say(tab, 2);
    await settle();
    expect(codes()).toEqual(Array(6).fill(undefined));
    for (const tab of [...tabs.slice(5), bob]) say(tab, 1);
    await settle();
    expect(codes()).toEqual([...Array(5).fill(undefined), 3029]);
    expect(bob.code).toBeUndefined();
    expect(commands.asked).toHaveLength(11);
  });

  it('may be as many again a second later', async () => {
    const { tabs, codes, time } = await tabsOf(10);
    for (const tab of tabs.slice(0, 5)) say(tab, 2);
    time.now += 1000;
    for (const tab of tabs.slice(5)) say(tab, 2);
    expect(codes()).toEqual(Array(10).fill(undefined));
  });

  it('are not forgotten when all tabs are closed and come again', async () => {
    const { open, tabs } = await tabsOf(5);
    for (const tab of tabs) say(tab, 2);
    for (const tab of tabs) tab.disconnect();
    const back = await open('ann');
    say(back, 1);
    expect(back.code).toBe(3029);
  });

  it('count when they came before it was known whose they are', async () => {
    const { connect, commands, sessions } = createTestGateway({ FRAME_LIMIT_PER_S: 2 });
    const answers = gate();
    sessions.answers = answers.opened;
    const tabs = Array.from({ length: 8 }, () => connect('ann'));
    for (const tab of tabs) say(tab, 2);
    answers.open();
    await eventually(() => expect(tabs.map(({ code }) => code)).toContain(3029));
    await eventually(() => expect(commands.asked).toHaveLength(10));
    expect(tabs.filter(({ code }) => code === 3029)).toHaveLength(3);
  });
});

describe('the joins of one user', () => {
  /** Joins whose work is noted by its time, and done when the test says so. */
  function heldLine(resumesPerSecond: number) {
    const user = new UserAllowance({ framesPerSecond: 1, resumesPerSecond });
    const begun: number[] = [];
    const answers = gate();
    const join = (isResume: boolean, isWanted = () => true) =>
      user.join({
        isResume,
        isWanted,
        work() {
          begun.push(performance.now());
          return answers.opened;
        },
      });
    return { user, begun, answers, join };
  }

  it.each([true, false])('are two at a time (with a cursor: %s)', async (isResume) => {
    const { begun, answers, join } = heldLine(8);
    const joins = Array.from({ length: 5 }, () => join(isResume));
    await settle();
    expect(begun).toHaveLength(2);
    answers.open();
    await Promise.all(joins);
    expect(begun).toHaveLength(5);
  });

  it('with a cursor are so many in a second, and further ones wait; without one they do not', async () => {
    const { user, begun, answers, join } = heldLine(3);
    answers.open();
    const askedAt = performance.now();
    const joins = Array.from({ length: 3 }, () => join(true));
    await settle();
    expect(user.isResumingFast).toBe(true);
    joins.push(join(true), join(true));
    await Promise.all([...joins.slice(0, 3), join(false)]);
    expect(begun).toHaveLength(4);
    await Promise.all(joins);
    expect(begun).toHaveLength(6);
    expect((begun[4] ?? 0) - askedAt).toBeGreaterThanOrEqual(990);
  });

  it('that nobody wants any more are left out, and take no turn', async () => {
    const { begun, answers, join } = heldLine(1);
    answers.open();
    await join(true);
    const gone = Array.from({ length: 100 }, () => join(true, () => false));
    await Promise.all([...gone, join(true)]);
    expect(begun).toHaveLength(2);
  });

  it('reject as their work does, and the next one is not held up', async () => {
    const { answers, join, user } = heldLine(2);
    const work = () => Promise.reject(new Error('away'));
    for (const isResume of [true, false])
      await expect(user.join({ isResume, isWanted: () => true, work })).rejects.toThrow('away');
    answers.open();
    await join(true);
  });

  it('of a client that resumes again and again are few, and another user waits for none of them', async () => {
    const { connect, open, feed, registry } = createTestGateway({ RESUMES_PER_USER_PER_S: 4 });
    const beganAt = performance.now();
    for (let time = 0; time < 100; time += 1) {
      const tab = connect('ann', { query: 'cursor=0.0.7' });
      await settle();
      tab.disconnect();
    }
    const seconds = Math.ceil((performance.now() - beganAt) / 1000);
    expect(feed.lookUps).toBeLessThanOrEqual(4 * seconds);
    await open('bob', '0.0.7');
    const back = connect('ann', { query: 'cursor=0.0.7' });
    await eventually(() => expect(back.story).toEqual(['welcome']));
    expect(back.frames[0]?.data).toMatchObject({ recovered: true });
    expect(await registry.metrics()).toMatch(/delayed_resumes_total [1-9]/);
  });
});
