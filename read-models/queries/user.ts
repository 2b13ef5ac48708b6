import type { Kysely } from 'kysely';
import { type Given, prepareQuery } from '../../platform/postgres/prepared-query.ts';
import type { Profile, UserDetails } from '../../protocol/http-resources.ts';
import { NO_FRIENDS, OFFLINE } from '../awaiting-features.ts';
import type { ReadTables } from '../tables.ts';
import { userKey } from '../user-key.ts';
import { isoDate } from '../written-date.ts';
import { isBlocked } from './blocks.ts';

/** null also for whom the asked user blocks. */
export type FindUser = (caller: string, username: string) => Promise<UserDetails | null>;

export function createFindUser(db: Kysely<ReadTables>): FindUser {
  const find = prepareQuery(db, (given: Given<{ caller: string; asked: string }>) =>
    db
      .selectFrom('users')
      .where('user_key', '=', given('asked'))
      .select([
        'username',
        'nickname',
        'avatar',
        isoDate('date_joined').as('date_joined'),
        isBlocked(given('caller'), given('asked')).as('is_blocked_user'),
        isBlocked(given('asked'), given('caller')).as('is_blocked_by_user'),
      ]),
  );
  return async (caller, username) => {
    const [found] = await find({ caller: userKey(caller), asked: userKey(username) });
    if (!found || found.is_blocked_by_user) return null;
    return { ...found, ...OFFLINE, ...NO_FRIENDS };
  };
}

/** null for whom the asked user blocks and who does not block back. */
export type FindProfile = (caller: string, username: string) => Promise<Profile | null>;

export function createFindProfile(db: Kysely<ReadTables>): FindProfile {
  const find = prepareQuery(db, (given: Given<{ caller: string; asked: string }>) =>
    db
      .selectFrom('users')
      .where('user_key', '=', given('asked'))
      .where((eb) =>
        eb.or([
          isBlocked(given('caller'), given('asked')),
          eb.not(isBlocked(given('asked'), given('caller'))),
        ]),
      )
      .select(['username', 'nickname', 'avatar']),
  );
  return async (caller, username) => {
    const [found] = await find({ caller: userKey(caller), asked: userKey(username) });
    return found ?? null;
  };
}
