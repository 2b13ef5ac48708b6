import type { Kysely } from 'kysely';
import { jsonArrayFrom } from 'kysely/helpers/postgres';
import { z } from 'zod';
import type { Page, PageRequest, PresenceProfile } from '../../protocol/http-resources.ts';
import { OFFLINE } from '../awaiting-features.ts';
import { pageCursors, textPlace } from '../page-cursor.ts';
import { pageOf } from '../page-of.ts';
import type { ReadTables } from '../tables.ts';
import { userKey } from '../user-key.ts';

const cursors = pageCursors('blocked_users', z.tuple([textPlace]));

/** By username. */
export async function findBlockedUsers(
  db: Kysely<ReadTables>,
  caller: string,
  page: PageRequest,
): Promise<Page<PresenceProfile>> {
  const key = userKey(caller);
  const before = page.before === undefined ? null : cursors.read(page.before);
  const blocked = db
    .selectFrom('blocks')
    .innerJoin('users', 'users.user_key', 'blocks.blocked_key')
    .where('blocks.blocker_key', '=', key)
    .$if(before !== null, (query) => query.where('blocks.blocked_key', '>', before?.[0] ?? ''))
    .select(['blocks.blocked_key', 'users.username', 'users.nickname', 'users.avatar'])
    .orderBy('blocks.blocked_key')
    .limit(page.limit + 1)
    .offset(before ? 0 : page.offset);
  const { rows, count } = await db
    .selectNoFrom((eb) => [
      jsonArrayFrom(blocked).as('rows'),
      eb.selectFrom('user_counters').select('blocked_users').where('user_key', '=', key).as('count'),
    ])
    .executeTakeFirstOrThrow();
  return pageOf(rows, {
    count: count ?? 0,
    limit: page.limit,
    toItem: ({ blocked_key: _, ...profile }) => ({ ...profile, ...OFFLINE }),
    cursorOf: ({ blocked_key }) => cursors.write([blocked_key]),
  });
}
