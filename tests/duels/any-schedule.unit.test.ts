import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { soaking } from '../support/soak.ts';
import { anySchedule } from './any-schedule.ts';
import { play } from './play.ts';
import type { Conditions } from './stepped-log.ts';

/** Of each kind. */
const SCHEDULES = soaking(2600, 10_000);

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
});

afterEach(() => {
  vi.useRealTimers();
});

/** A schedule that fails is told with its seed, and not made shorter: that takes longer than a test may, and is done by whoever looks into it. */
describe.each<Conditions>(['held', 'looked at before'])(
  'duels on a log with conditions that are %s',
  (conditions) => {
    it.each([false, true])('go by the rules in any schedule, with faults: %s', async (faults) => {
      const played = fc.asyncProperty(anySchedule(faults), (schedule) => play(schedule, conditions, faults));
      const details = await fc.check(played, { numRuns: SCHEDULES, endOnFailure: true });
      process.stdout.write(`${details.numRuns} schedules of duels, seed ${details.seed}\n`);
      if (details.failed) throw details.errorInstance;
      expect(details.numRuns).toBe(SCHEDULES);
    });
  },
);
