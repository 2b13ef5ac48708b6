import { Kysely, PostgresDialect, sql } from 'kysely';
import type pg from 'pg';
import type { ReadTables } from '../tables.ts';

/**
 * Removes the oldest feed entries, at most about `rows`, as long as they are of events before `before`, and raises the
 * floor below which nobody can resume, in one statement. Answers how many it removed: fewer than `rows`, and there is
 * no more to do for now. The way in is the floor, so it never walks over what was removed before.
 */
export async function trimFeed(pool: pg.Pool, schema: string, before: Date, rows: number): Promise<number> {
  const db = new Kysely<ReadTables>({ dialect: new PostgresDialect({ pool }) }).withSchema(schema);
  const { removed } = await db
    .with('oldest', (eb) =>
      eb
        .selectFrom('feed')
        .select(['position', 'date'])
        .where('position', '>', (of) => of.selectFrom('feed_floor').select('position'))
        .orderBy('position')
        .limit(rows),
    )
    .with('expired', (eb) =>
      eb
        .selectFrom('oldest')
        .select(
          sql<
            bigint | null
          >`coalesce(min(position) filter (where date >= ${before.toISOString()}::timestamptz) - 1, max(position))`.as(
            'up_to',
          ),
        ),
    )
    .with('removed', (eb) =>
      eb
        .deleteFrom('feed')
        .where('position', '>', (of) => of.selectFrom('feed_floor').select('position'))
        .where('position', '<=', (of) => of.selectFrom('expired').select('up_to'))
        .returning('position'),
    )
    .with('raised', (eb) =>
      eb
        .updateTable('feed_floor')
        .set({ position: sql<bigint>`greatest(position, (select max(position) from removed))` })
        .where((of) => of.exists(of.selectFrom('removed').select('position'))),
    )
    .selectFrom('removed')
    .select(sql<number>`count(*)::integer`.as('removed'))
    .executeTakeFirstOrThrow();
  return removed;
}

/** Of the feed's rows, those that follow from the log alone. */
export const ABOVE_FEED_FLOOR = 'position > (select position from feed_floor)';
