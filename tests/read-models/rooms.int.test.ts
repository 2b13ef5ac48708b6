import fc from 'fast-check';
import type pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createPostgresPool } from '../../platform/postgres/postgres-pool.ts';
import { anyNotificationStory, anyStory } from '../projection-service/any-story.ts';
import { silent } from '../projection-service/read-side.ts';
import { createTestDatabase, type TestDatabase } from '../support/test-database.ts';
import { FORGETFUL, Leader } from './stepwise-leader.ts';

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
  let database: TestDatabase;
  let pool: pg.Pool;
  let schemas = 0;
  beforeAll(async () => {
    database = await createTestDatabase();
    pool = createPostgresPool({ url: database.url, applicationName: 'test', max: 2, logger: silent });
  });
  afterAll(async () => {
    await pool.end();
    await database.drop();
  });

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
            const atOnce = await Leader.make(pool, `at_once_${++schemas}`);
            await atOnce.fold(events);
            await atOnce.beginWrite();
            await atOnce.endWrite();
            const leader = await Leader.make(pool, `step_by_step_${schemas}`, remembered);
            for (const { events: size, writeEnds, next } of steps) {
              await leader.fold(events.slice(leader.folded, leader.folded + size), writeEnds);
              if (next === 'begin to write') await leader.beginWrite();
              if (next === 'end the write') await leader.endWrite();
              if (next === 'start over') leader.startOver();
            }
            await leader.fold(events.slice(leader.folded));
            for (const _ of ['under way', 'the rest']) {
              await leader.endWrite();
              await leader.beginWrite();
            }
            await leader.endWrite();
            expect(await leader.rows()).toEqual(await atOnce.rows());
          },
        ),
        { numRuns: 40 },
      );
    },
  );
});
