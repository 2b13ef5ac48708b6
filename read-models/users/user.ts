import { sql } from 'kysely';
import type { Given } from '../../platform/postgres/prepared-query.ts';
import type { Profile, UserDetails } from '../../protocol/http-resources.ts';
import { isBlocked, isFriend } from '../relationships/stance.ts';
import type { Reads, Snapshot } from '../snapshot.ts';
import { userKey } from '../user-key.ts';
import { isoDate } from '../written-date.ts';

export function prepareUser({ db, prepare }: Reads) {
  const find = prepare((given: Given<{ caller: string; asked: string }>) =>
    db
      .selectFrom('users as u')
      .leftJoin('user_counters as counters', 'counters.user_key', 'u.user_key')
      .where('u.user_key', '=', given('asked'))
      .where('u.is_erased', '=', sql.lit(false))
      .select([
        'u.username',
        'u.nickname',
        'u.avatar',
        'u.is_online',
        isoDate('u.date_joined').as('date_joined'),
        'counters.friends',
        isFriend(given('caller'), given('asked')).as('is_friend'),
        isBlocked(given('caller'), given('asked')).as('is_blocked_user'),
        isBlocked(given('asked'), given('caller')).as('is_blocked_by_user'),
      ]),
  );

  /** null also when that user blocks the caller, or is erased. */
  return async (caller: string, username: string): Promise<Snapshot<UserDetails | null>> => {
    const { rows, upTo } = await find({ caller: userKey(caller), asked: userKey(username) });
    const [found] = rows;
    if (!found || found.is_blocked_by_user) return { answer: null, upTo };
    const { is_online, date_joined, is_friend, is_blocked_user, is_blocked_by_user } = found;
    const friends_count = found.friends ?? 0;
    const stance = { is_friend, is_blocked_user, is_blocked_by_user };
    return { answer: { ...profileOf(found), is_online, date_joined, friends_count, ...stance }, upTo };
  };
}

export function prepareProfile({ db, prepare }: Reads) {
  const find = prepare((given: Given<{ caller: string; asked: string }>) =>
    db
      .selectFrom('users')
      .where('user_key', '=', given('asked'))
      .where('is_erased', '=', sql.lit(false))
      .where((eb) =>
        eb.or([
          isBlocked(given('caller'), given('asked')),
          eb.not(isBlocked(given('asked'), given('caller'))),
        ]),
      )
      .select(['username', 'nickname', 'avatar']),
  );

  /** null also when that user blocks the caller, unless the caller, too, blocks that user and sees it in the own list. */
  return async (caller: string, username: string): Promise<Snapshot<Profile | null>> => {
    const { rows, upTo } = await find({ caller: userKey(caller), asked: userKey(username) });
    const [found] = rows;
    return { answer: found ? profileOf(found) : null, upTo };
  };
}

const profileOf = ({ username, nickname, avatar }: Profile): Profile => ({ username, nickname, avatar });
