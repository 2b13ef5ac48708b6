import fc from 'fast-check';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { heard, PER_SECOND, TABS, USERS, usersOf, World } from './presence-world.ts';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
});
afterEach(() => {
  vi.useRealTimers();
});

const below = (count: number) => fc.nat({ max: count - 1 });
const range = { from: below(USERS), count: fc.integer({ min: 1, max: 400 }) };
const ofTab = (type: 'join' | 'leave' | 'welcome' | 'stall' | 'read') =>
  fc.record({ type: fc.constant(type), tab: below(TABS) });

type Step =
  | { readonly type: 'join' | 'leave' | 'welcome' | 'stall' | 'read'; readonly tab: number }
  /** So many users come online, or go, one after the other. */
  | { readonly type: 'change'; readonly from: number; readonly count: number }
  | { readonly type: 'watch'; readonly tab: number; readonly from: number; readonly count: number }
  /** What is so now has been read for the list of the tab. */
  | { readonly type: 'fill'; readonly tab: number }
  | { readonly type: 'pass'; readonly ms: number };

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ type: fc.constant('change' as const), ...range }) },
  { weight: 4, arbitrary: fc.record({ type: fc.constant('pass' as const), ms: fc.nat({ max: 1500 }) }) },
  { weight: 1, arbitrary: ofTab('join') },
  { weight: 1, arbitrary: ofTab('leave') },
  { weight: 1, arbitrary: ofTab('welcome') },
  { weight: 1, arbitrary: ofTab('stall') },
  { weight: 1, arbitrary: ofTab('read') },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('watch' as const), tab: below(TABS), ...range }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('fill' as const), tab: below(TABS) }) },
);

async function take(world: World, step: Step): Promise<void> {
  switch (step.type) {
    case 'change':
      return world.change(step);
    case 'join':
      return world.join(step.tab);
    case 'leave':
      return world.leave(step.tab);
    case 'watch':
      return world.watch(step.tab, usersOf(step));
    case 'fill':
      return world.fill(world.tabs[step.tab] ?? null);
    case 'pass':
      await vi.advanceTimersByTimeAsync(step.ms);
      return;
    default: {
      const tab = world.tabs[step.tab];
      if (!tab) return;
      if (step.type === 'welcome') tab.isWelcomed = true;
      else tab.isStalled = step.type === 'stall';
    }
  }
}

it('whoever comes online, reads slowly, watches or comes back, each tab is told the last state of each, and never more than 200 in a second', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 60, size: 'max' }), async (steps) => {
      const world = new World();
      for (const step of steps) await take(world, step);
      for (const tab of world.tabs) {
        world.fill(tab);
        if (tab) Object.assign(tab, { isWelcomed: true, isStalled: false });
      }
      // As long as what may be pending takes at this rate.
      await vi.advanceTimersByTimeAsync((USERS / PER_SECOND + 1) * 1000 + 500);
      for (const tab of world.tabs) if (tab) expect(world.unknownTo(tab)).toEqual([]);
      for (const tab of world.slow) expect(tab.closedWith).toBe('SLOW_CONSUMER');
      expect(vi.getTimerCount()).toBe(0);
      for (const index of world.tabs.keys()) world.leave(index);
      await heard();
      expect(world.bus.subjects).toEqual([]);
      expect(world.pushes.size).toEqual({ pendingUsers: 0, watchedUsers: 0 });
    }),
    // Shrinking takes minutes: without `endOnFailure`, and with the printed seed and path, a failure is made small.
    { numRuns: 150, endOnFailure: true },
  );
});
