import type { Expression, ExpressionBuilder, Kysely } from 'kysely';
import { type Given, prepareQuery } from '../../platform/postgres/prepared-query.ts';
import type { UserDetails } from '../../protocol/http-resources.ts';
import { NO_FRIENDS, OFFLINE } from '../awaiting-features.ts';
import { isoDate } from '../iso-date.ts';
import type { ReadTables } from '../tables.ts';
import { userKey } from '../user-key.ts';

/** null also for whom the asked user blocks. */
export type FindUser = (caller: string, username: string) => Promise<UserDetails | null>;

export function createFindUser(db: Kysely<ReadTables>): FindUser {
  const find = prepareQuery(db, (given: Given<{ caller: string; asked: string }>) =>
    db
      .selectFrom('users')
      .where('user_key', '=', given('asked'))
      .select((eb) => [
        'username',
        'nickname',
        'avatar',
        isoDate('date_joined').as('date_joined'),
        blocks(eb, given('caller'), given('asked')).as('is_blocked_user'),
        blocks(eb, given('asked'), given('caller')).as('is_blocked_by_user'),
      ]),
  );
  return async (caller, username) => {
    const [found] = await find({ caller: userKey(caller), asked: userKey(username) });
    if (!found || found.is_blocked_by_user) return null;
    return { ...found, ...OFFLINE, ...NO_FRIENDS };
  };
}

const blocks = (
  eb: ExpressionBuilder<ReadTables, 'users'>,
  blocker: Expression<string>,
  blocked: Expression<string>,
) =>
  eb
    .exists(eb.selectFrom('blocks').where('blocker_key', '=', blocker).where('blocked_key', '=', blocked))
    .$castTo<boolean>();
