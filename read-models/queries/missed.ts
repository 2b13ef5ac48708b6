import { type Kysely, sql } from 'kysely';
import { type Cursor, cursorAfter, isAfter } from '../../protocol/cursor.ts';
import type { Missed } from '../read-models.ts';
import type { ReadTables } from '../tables.ts';
import { userKey } from '../user-key.ts';

/**
 * One statement, so one snapshot: what the feed holds up to the very checkpoint that is answered. One row more than
 * `limit` is read, to see that there is too much.
 */
export async function findMissed(
  db: Kysely<ReadTables>,
  username: string,
  after: Cursor | null,
  limit: number,
): Promise<Missed> {
  const place = after ?? { position: null, ordinal: null };
  const rows = await db
    .selectFrom('checkpoints as c')
    .leftJoinLateral(
      (eb) =>
        eb
          .selectFrom('feed')
          .select(['feed.position as at', 'feed.ordinal', 'feed.text'])
          .where('feed.user_key', '=', userKey(username))
          .where(
            sql<boolean>`(feed.position, feed.ordinal) > (${place.position}::bigint, ${place.ordinal}::smallint)`,
          )
          .whereRef('c.feed_floor', '<', sql<bigint>`${place.position}::bigint`)
          .orderBy('feed.position')
          .orderBy('feed.ordinal')
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
