import { type Kysely, sql } from 'kysely';
import type { Given } from '../../platform/postgres/prepared-query.ts';
import type { Reads, Snapshot } from '../snapshot.ts';
import type { ReadTables } from '../tables.ts';
import { userKey } from '../user-key.ts';
import { isoDate } from '../written-date.ts';

/** Whether a user is online. */
export interface UserPresence {
  readonly user_key: string;
  readonly username: string;
  readonly nickname: string;
  readonly is_online: boolean;
  /** Since when, ISO 8601; of who was never there: since the user signed up. */
  readonly date: string;
}

/** As the event at this place of the log says. */
export interface PlacedPresence extends UserPresence {
  readonly position: bigint;
}

export function preparePresenceOf({ db, prepare }: Reads) {
  const find = prepare((given: Given<{ keys: readonly string[] }>) =>
    states(db).where('user_key', '=', sql<string>`any(${given('keys')}::text[])`),
  );

  /** Of these as far as they are somebody, once each and in any order. */
  return async (usernames: readonly string[]): Promise<Snapshot<UserPresence[]>> => {
    const { rows, upTo } = await find({ keys: [...new Set(usernames.map(userKey))] });
    return { answer: rows.map(asState), upTo };
  };
}

export function preparePresenceSince({ db, prepare }: Reads) {
  const find = prepare((given: Given<{ after: bigint; limit: number }>) =>
    states(db)
      .where('presence_position', '>', sql<bigint>`${given('after')}::bigint`)
      .select('presence_position')
      .orderBy('presence_position')
      .limit(given('limit')),
  );

  /**
   * Of those who came online or went offline after this place of the log, the newest that is known of each, in the log's order. Whoever
   * goes on after the last of a page misses nobody: who moves on meanwhile comes later once more. `epoch`: see `checkpoints.epoch`.
   */
  return async (asked: {
    readonly after: bigint;
    readonly limit: number;
  }): Promise<Snapshot<PlacedPresence[]> & { readonly epoch: bigint }> => {
    const { rows, upTo, epoch } = await find(asked);
    const answer = rows.flatMap(({ presence_position: position, ...row }) =>
      position === null ? [] : [{ ...asState(row), position }],
    );
    return { answer, upTo, epoch };
  };
}

const states = (db: Kysely<ReadTables>) =>
  db
    .selectFrom('users')
    .select(['user_key', 'username', 'nickname', 'is_online'])
    .select(sql<string>`coalesce(${isoDate('presence_date')}, ${isoDate('date_joined')})`.as('date'));

const asState = ({ user_key, username, nickname, is_online, date }: UserPresence): UserPresence => ({
  user_key,
  username,
  nickname,
  is_online,
  date,
});
