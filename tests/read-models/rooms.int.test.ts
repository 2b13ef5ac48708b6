import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { anyNotificationStory, anyStory } from '../projection-service/any-story.ts';
import { FORGETFUL, Leader, useLeaderDatabase } from './stepwise-leader.ts';

const step = fc.record({
  events: fc.integer({ min: 1, max: 6 }),
  writeEnds: fc.nat({ max: 9 }),
  next: fc.constantFrom(
    'fold on',
    'fold on',
    'begin to write',
    'begin to write',
    'end the write',
    'end the write',
    'start over',
  ),
});

describe('rooms', () => {
  const database = useLeaderDatabase();
  let schemas = 0;

  it.each([
    ['of anything', anyStory],
    ['of notifications', anyNotificationStory],
  ])(
    '%s have the same rows whenever they are written, however little is remembered, and whoever goes on',
    async (_, story) => {
      await fc.assert(
        fc.asyncProperty(
          story,
          fc.array(step, { maxLength: 40, size: 'max' }),
          fc.constantFrom(undefined, FORGETFUL),
          async ({ events }, steps, remembered) => {
            const atOnce = await Leader.make(database.pool, `at_once_${++schemas}`);
            await atOnce.fold(events);
            await atOnce.beginWrite();
            await atOnce.endWrite();
            const leader = await Leader.make(database.pool, `step_by_step_${schemas}`, remembered);
            await leader.play(events, steps);
            await leader.writeAll();
            expect(await leader.rows()).toEqual(await atOnce.rows());
          },
        ),
        { numRuns: 40, endOnFailure: true },
      );
    },
  );
});
