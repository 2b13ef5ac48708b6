import type { Kysely } from 'kysely';
import { type Given, prepareQuery } from '../../platform/postgres/prepared-query.ts';
import type { Self } from '../../protocol/http-resources.ts';
import { NO_NOTIFICATIONS_AND_GAMES, OFFLINE } from '../awaiting-features.ts';
import type { ReadTables } from '../tables.ts';
import { userKey } from '../user-key.ts';

/** `username` in any case. null: nobody, or not projected yet. */
export type FindSelf = (username: string) => Promise<Self | null>;

export function createFindSelf(db: Kysely<ReadTables>): FindSelf {
  const find = prepareQuery(db, (given: Given<{ key: string }>) =>
    db
      .selectFrom('users as u')
      .leftJoin('user_counters as counters', 'counters.user_key', 'u.user_key')
      .where('u.user_key', '=', given('key'))
      .select(['u.username', 'u.nickname', 'u.avatar', 'counters.unread_messages']),
  );
  return async (username) => {
    const [found] = await find({ key: userKey(username) });
    if (!found) return null;
    const { unread_messages, ...profile } = found;
    return {
      ...profile,
      ...OFFLINE,
      unread_messages_count: unread_messages ?? 0,
      ...NO_NOTIFICATIONS_AND_GAMES,
    };
  };
}
