import type { Kysely } from 'kysely';
import type { Self } from '../../protocol/http-resources.ts';
import { NO_NOTIFICATIONS_AND_GAMES, OFFLINE } from '../awaiting-features.ts';
import type { ReadTables } from '../tables.ts';
import { userKey } from '../user-key.ts';

/** `username` in any case. null: nobody, or not projected yet. */
export async function findSelf(db: Kysely<ReadTables>, username: string): Promise<Self | null> {
  const found = await db
    .selectFrom('users as u')
    .leftJoin('user_counters as counters', 'counters.user_key', 'u.user_key')
    .where('u.user_key', '=', userKey(username))
    .select(['u.username', 'u.nickname', 'u.avatar', 'counters.unread_messages'])
    .executeTakeFirst();
  if (!found) return null;
  const { unread_messages, ...profile } = found;
  return {
    ...profile,
    ...OFFLINE,
    unread_messages_count: unread_messages ?? 0,
    ...NO_NOTIFICATIONS_AND_GAMES,
  };
}
