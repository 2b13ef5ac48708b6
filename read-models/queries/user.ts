import type { ExpressionBuilder, Kysely } from 'kysely';
import type { UserDetails } from '../../protocol/http-resources.ts';
import { NO_FRIENDS, OFFLINE } from '../awaiting-features.ts';
import { isoDate } from '../iso-date.ts';
import type { ReadTables } from '../tables.ts';
import { userKey } from '../user-key.ts';

/** null also for whom the asked user blocks. */
export async function findUser(
  db: Kysely<ReadTables>,
  caller: string,
  username: string,
): Promise<UserDetails | null> {
  const [me, asked] = [userKey(caller), userKey(username)];
  const found = await db
    .selectFrom('users')
    .where('user_key', '=', asked)
    .select((eb) => [
      'username',
      'nickname',
      'avatar',
      isoDate('date_joined').as('date_joined'),
      blocks(eb, me, asked).as('is_blocked_user'),
      blocks(eb, asked, me).as('is_blocked_by_user'),
    ])
    .executeTakeFirst();
  if (!found || found.is_blocked_by_user) return null;
  return { ...found, ...OFFLINE, ...NO_FRIENDS };
}

const blocks = (eb: ExpressionBuilder<ReadTables, 'users'>, blocker: string, blocked: string) =>
  eb
    .exists(eb.selectFrom('blocks').where('blocker_key', '=', blocker).where('blocked_key', '=', blocked))
    .$castTo<boolean>();
