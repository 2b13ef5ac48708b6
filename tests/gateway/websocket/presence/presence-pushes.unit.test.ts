import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { BOARD_LIMIT, PER_SECOND, World } from './presence-world.ts';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
});
afterEach(() => {
  vi.useRealTimers();
});

/** With so many tabs that have been welcomed. */
async function worldOf(tabs: number): Promise<World> {
  const world = new World();
  for (let index = 0; index < tabs; index += 1) await world.join(index);
  for (const tab of world.tabs) if (tab) tab.isWelcomed = true;
  return world;
}

describe('a tab', () => {
  it('is sent 200 frames at once, and the next ones a second later', async () => {
    const world = await worldOf(1);
    await world.change({ from: 0, count: 450 });
    const counts: (number | undefined)[] = [];
    for (const ms of [10, 980, 300, 900, 300]) {
      await vi.advanceTimersByTimeAsync(ms);
      counts.push(world.tabs[0]?.told.size);
    }
    expect(counts).toEqual([200, 200, 400, 400, 450]);
  });

  it('that does not read is sent nothing, and then the newest of each', async () => {
    const world = await worldOf(2);
    const [slow, other] = world.tabs;
    if (slow) slow.isStalled = true;
    for (let time = 0; time < 10; time += 1) {
      await world.change({ from: 0, count: 5 });
      await vi.advanceTimersByTimeAsync(300);
    }
    expect([slow?.frames, other?.frames]).toEqual([0, 50]);
    if (slow) slow.isStalled = false;
    await vi.advanceTimersByTimeAsync(300);
    expect(slow?.frames).toBe(5);
    expect(slow && world.unknownTo(slow)).toEqual([]);
  });

  it('that is furthest behind is closed as a slow consumer when there is no place on the board, and no other', async () => {
    const world = await worldOf(3);
    const [slow, behind, reading] = world.tabs;
    if (slow) slow.isStalled = true;
    await world.change({ from: 0, count: 400 });
    await vi.advanceTimersByTimeAsync(2500);
    if (behind) behind.isStalled = true;
    await world.change({ from: 400, count: BOARD_LIMIT - 400 });
    await vi.advanceTimersByTimeAsync(2500);
    expect(world.pushes.size.pendingUsers).toBe(BOARD_LIMIT);
    expect([slow, behind, reading].map((tab) => tab?.closedWith)).toEqual([null, null, null]);
    await world.change({ from: BOARD_LIMIT, count: 1 });
    expect([slow, behind, reading].map((tab) => tab?.closedWith)).toEqual(['SLOW_CONSUMER', null, null]);
    expect(world.pushes.size.pendingUsers).toBe(BOARD_LIMIT - 400 + 1);
  });

  it('closes as many of the furthest behind as it takes when much comes at once', async () => {
    const world = new World();
    await world.join(0);
    await world.change({ from: 0, count: 180 });
    await world.join(1);
    const [furthest, further] = world.tabs;
    // All 900 users on the board: a quarter of its limit makes too little room.
    await world.change({ from: 180, count: 720 });
    expect([furthest, further].map((tab) => tab?.closedWith)).toEqual(['SLOW_CONSUMER', 'SLOW_CONSUMER']);
    expect(world.pushes.size.pendingUsers).toBe(0);
  });

  it('that watches takes no place on the board, however slow it is', async () => {
    const world = await worldOf(1);
    const [tab] = world.tabs;
    if (tab) tab.isStalled = true;
    world.watch(0, ['user0', 'user1']);
    for (let time = 0; time < 3; time += 1) await world.change({ from: 0, count: 400 });
    await vi.advanceTimersByTimeAsync(PER_SECOND);
    expect(world.pushes.size).toEqual({ pendingUsers: 0, watchedUsers: 2 });
    world.fill(tab ?? null);
    if (tab) tab.isStalled = false;
    await vi.advanceTimersByTimeAsync(300);
    expect(tab?.frames).toBe(2);
  });

  it('that has everything keeps no timer, whatever it watches', async () => {
    const world = await worldOf(3);
    world.watch(1, ['user0']);
    world.watch(2, []);
    await world.change({ from: 0, count: 10 });
    expect(vi.getTimerCount()).toBe(1);
    await vi.advanceTimersByTimeAsync(200);
    expect(vi.getTimerCount()).toBe(0);
    expect(world.tabs.map((tab) => tab?.frames)).toEqual([10, 1, 0, undefined]);
  });
});
