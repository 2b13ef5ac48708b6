import type { Given } from '../../platform/postgres/prepared-query.ts';
import type { Self } from '../../protocol/http-resources.ts';
import { NO_NOTIFICATIONS_AND_GAMES, OFFLINE } from '../awaiting-features.ts';
import type { Reads, Snapshot } from '../snapshot.ts';
import { userKey } from '../user-key.ts';

export function prepareSelf({ db, prepare }: Reads) {
  const find = prepare((given: Given<{ key: string }>) =>
    db
      .selectFrom('users as u')
      .leftJoin('user_counters as counters', 'counters.user_key', 'u.user_key')
      .where('u.user_key', '=', given('key'))
      .select(['u.username', 'u.nickname', 'u.avatar', 'counters.unread_messages']),
  );

  /** null: nobody, or not projected yet. */
  return async (username: string): Promise<Snapshot<Self | null>> => {
    const { rows, upTo } = await find({ key: userKey(username) });
    const [found] = rows;
    const answer = found && {
      username: found.username,
      nickname: found.nickname,
      avatar: found.avatar,
      ...OFFLINE,
      unread_messages_count: found.unread_messages ?? 0,
      ...NO_NOTIFICATIONS_AND_GAMES,
    };
    return { answer: answer ?? null, upTo };
  };
}
