import { type ExpressionBuilder, type Kysely, sql } from 'kysely';
import { type Given, prepareQuery } from '../../platform/postgres/prepared-query.ts';
import { type Cursor, cursorAfter, isAfter } from '../../protocol/cursor.ts';
import type { Missed } from '../read-models.ts';
import type { CheckpointsTable, ReadTables } from '../tables.ts';
import { stillFilling } from '../unavailable.ts';
import { userKey } from '../user-key.ts';

export type FindMissed = (username: string, after: Cursor | null, limit: number) => Promise<Missed>;

export function createFindMissed(db: Kysely<ReadTables>): FindMissed {
  const find = prepareMissed(db);
  return async (username, after, limit) => {
    const place = after ?? { position: null, ordinal: null };
    const rows = await find({ key: userKey(username), ...place, rows: limit + 1 });
    const [checkpoint] = rows;
    if (!checkpoint?.filled || checkpoint.log === null) throw stillFilling();
    const { log, epoch } = checkpoint;
    const upTo = cursorAfter(checkpoint.position, log);
    if (!after || after.log !== log || after.position <= checkpoint.feed_floor || isAfter(after, upTo)) {
      return { outcome: 'incomplete', upTo, epoch };
    }
    const pushes = rows.flatMap(({ at, ordinal, text }) =>
      at === null || ordinal === null || text === null
        ? []
        : [{ cursor: { position: at, ordinal, log }, text }],
    );
    return pushes.length > limit
      ? { outcome: 'incomplete', upTo, epoch }
      : { outcome: 'complete', pushes, upTo, epoch };
  };
}

interface Asked {
  readonly key: string;
  /** null: only the checkpoint is asked for. */
  readonly position: bigint | null;
  readonly ordinal: number | null;
  /** One more than may be missed, to see that there is too much. */
  readonly rows: number;
}

/**
 * One statement, so one snapshot: what the feed holds up to the very checkpoint that is answered; of each side, as
 * either may hold all of it.
 */
const prepareMissed = (db: Kysely<ReadTables>) =>
  prepareQuery(db, (given: Given<Asked>) =>
    db
      .selectFrom('checkpoints as c')
      .leftJoinLateral(
        (eb) =>
          eb
            .selectFrom(framesOf(eb, 'user_a', given).as('a'))
            .selectAll()
            .unionAll(
              eb
                .selectFrom(framesOf(eb, 'user_b', given).where('feed.user_a', '<>', given('key')).as('b'))
                .selectAll(),
            )
            .orderBy('at')
            .orderBy('ordinal')
            .limit(given('rows'))
            .as('f'),
        (join) => join.onTrue(),
      )
      .select(['c.position', 'c.feed_floor', 'c.filled', 'c.log', 'c.epoch', 'f.at', 'f.ordinal', 'f.text']),
  );

const framesOf = (
  eb: ExpressionBuilder<ReadTables & { c: CheckpointsTable }, 'c'>,
  side: 'user_a' | 'user_b',
  given: Given<Asked>,
) =>
  eb
    .selectFrom('feed')
    .select(['feed.position as at', 'feed.ordinal', 'feed.text'])
    .where(side, '=', given('key'))
    .where(
      sql<boolean>`(feed.position, feed.ordinal) > (${given('position')}::bigint, ${given('ordinal')}::smallint)`,
    )
    .whereRef('c.feed_floor', '<', sql<bigint>`${given('position')}::bigint`)
    .orderBy('feed.position')
    .orderBy('feed.ordinal')
    .limit(given('rows'));
