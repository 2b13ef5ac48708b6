import fc from 'fast-check';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { soaking } from '../support/soak.ts';
import { anyHistory, live } from './history.ts';
import { SlowBus } from './slow-bus.ts';

// Waits pass by the same clock as all timers.
vi.mock('node:timers/promises', () => ({
  setTimeout: (ms: number, value: unknown) => new Promise((resolve) => setTimeout(() => resolve(value), ms)),
}));

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'performance'] });
});
afterEach(() => {
  vi.useRealTimers();
});

const everythingElse = () => new Promise((resolve) => setImmediate(resolve));

it('whatever publishes, writes, joins, breaks or leads in whatever order, each tab sees the log, once and in order', async () => {
  await fc.assert(
    fc.asyncProperty(fc.scheduler(), anyHistory(40), async (scheduler, history) => {
      vi.clearAllTimers();
      const schedule = (label: string) => scheduler.schedule(Promise.resolve(), label);
      const bus = new SlowBus(schedule);
      await live(history, {
        schedule,
        connect: async (name, delays) => bus.connect(name, delays),
        async proceed() {
          if (scheduler.count() > 0) await scheduler.waitOne();
          else await vi.advanceTimersByTimeAsync(20);
          await everythingElse();
        },
      });
    }),
    // Shrinking takes minutes: without `endOnFailure`, and with the printed seed and path, a failure is made small.
    { numRuns: soaking(600, 1000), endOnFailure: true },
  );
  expect(vi.isFakeTimers()).toBe(true);
});
