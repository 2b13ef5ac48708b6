import fc from 'fast-check';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { soaking } from '../support/soak.ts';
import { anySchedule } from './any-schedule.ts';
import { play } from './play.ts';

const SCHEDULES = soaking(1500, 6000);

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  // Waiting is jittered: a schedule that is repeated is the same in everything.
  vi.spyOn(Math, 'random').mockReturnValue(0.5);
});

afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

/** A schedule that fails is told with its seed, and not made shorter: that takes longer than a test may, and is done by whoever looks into it. */
it('whatever happens, a user is online while one session counts, and goes offline after the last one', async () => {
  let reopened = 0;
  const played = fc.asyncProperty(anySchedule, async (schedule) => {
    reopened += await play(schedule);
  });
  const details = await fc.check(played, { numRuns: SCHEDULES, endOnFailure: true });
  process.stdout.write(
    `${details.numRuns} schedules of presence, seed ${details.seed}, ${reopened} opened again\n`,
  );
  if (details.failed) throw details.errorInstance;
  expect(details.numRuns).toBe(SCHEDULES);
});
