import { type Expression, expressionBuilder, sql } from 'kysely';
import type { ReadTables } from '../tables.ts';

const { selectFrom } = expressionBuilder<ReadTables, never>();

/**
 * `exists`, but always looked up row by row: a plan for any number of rows would make it a join with a whole table, or
 * with all who block one user, for each row.
 */
export const isThere = (rows: Expression<unknown>) =>
  sql<boolean>`coalesce((select true from ${rows} found limit 1), false)`;

/** Whether one user, given by key, has added another as a friend. */
export const isFriend = (adder: Expression<string>, friend: Expression<string>) =>
  isThere(
    selectFrom('friendships')
      .select(sql.lit(true).as('there'))
      .where('adder_key', '=', adder)
      .where('friend_key', '=', friend),
  );

/** Whether one user, given by key, blocks another. */
export const isBlocked = (blocker: Expression<string>, blocked: Expression<string>) =>
  isThere(
    selectFrom('blocks')
      .select(sql.lit(true).as('there'))
      .where('blocker_key', '=', blocker)
      .where('blocked_key', '=', blocked),
  );
