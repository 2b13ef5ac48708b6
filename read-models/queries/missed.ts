import { type ExpressionBuilder, type Kysely, sql } from 'kysely';
import { type Cursor, cursorAfter, isAfter } from '../../protocol/cursor.ts';
import type { Missed } from '../read-models.ts';
import type { CheckpointsTable, ReadTables } from '../tables.ts';
import { userKey } from '../user-key.ts';

/**
 * One statement, so one snapshot: what the feed holds up to the very checkpoint that is answered. One row more than
 * `limit` is read, to see that there is too much; of each side, as either may hold all of it.
 */
export async function findMissed(
  db: Kysely<ReadTables>,
  username: string,
  after: Cursor | null,
  limit: number,
): Promise<Missed> {
  const key = userKey(username);
  const place = after ?? { position: null, ordinal: null };
  const framesOf = (
    eb: ExpressionBuilder<ReadTables & { c: CheckpointsTable }, 'c'>,
    side: 'user_a' | 'user_b',
  ) =>
    eb
      .selectFrom('feed')
      .select(['feed.position as at', 'feed.ordinal', 'feed.text'])
      .where(side, '=', key)
      .where(
        sql<boolean>`(feed.position, feed.ordinal) > (${place.position}::bigint, ${place.ordinal}::smallint)`,
      )
      .whereRef('c.feed_floor', '<', sql<bigint>`${place.position}::bigint`)
      .orderBy('feed.position')
      .orderBy('feed.ordinal')
      .limit(limit + 1);
  const rows = await db
    .selectFrom('checkpoints as c')
    .leftJoinLateral(
      (eb) =>
        eb
          .selectFrom(framesOf(eb, 'user_a').as('a'))
          .selectAll()
          .unionAll(eb.selectFrom(framesOf(eb, 'user_b').where('feed.user_a', '<>', key).as('b')).selectAll())
          .orderBy('at')
          .orderBy('ordinal')
          .limit(limit + 1)
          .as('f'),
      (join) => join.onTrue(),
    )
    .select(['c.position', 'c.feed_floor', 'f.at', 'f.ordinal', 'f.text'])
    .execute();
  const [checkpoint] = rows;
  const upTo = cursorAfter(checkpoint?.position ?? -1n);
  if (!checkpoint || !after || after.position <= checkpoint.feed_floor || isAfter(after, upTo)) {
    return { outcome: 'incomplete', upTo };
  }
  const pushes = rows.flatMap(({ at, ordinal, text }) =>
    at === null || ordinal === null || text === null ? [] : [{ cursor: { position: at, ordinal }, text }],
  );
  return pushes.length > limit ? { outcome: 'incomplete', upTo } : { outcome: 'complete', pushes, upTo };
}
