import type { Kysely } from 'kysely';
import { jsonArrayFrom } from 'kysely/helpers/postgres';
import { z } from 'zod';
import { type Given, prepareQuery } from '../../platform/postgres/prepared-query.ts';
import type { Page, PageRequest, PresenceProfile } from '../../protocol/http-resources.ts';
import { OFFLINE } from '../awaiting-features.ts';
import { pageCursors, textPlace } from '../page-cursor.ts';
import { pageOf, rowsWithin } from '../page-of.ts';
import type { ReadTables } from '../tables.ts';
import { userKey } from '../user-key.ts';

const cursors = pageCursors('blocked_users', z.tuple([textPlace]));

/** By username. */
export type FindBlockedUsers = (caller: string, page: PageRequest) => Promise<Page<PresenceProfile>>;

export function createFindBlockedUsers(db: Kysely<ReadTables>): FindBlockedUsers {
  const find = prepareBlockedUsers(db);
  return async (caller, { limit, offset, before }) => {
    // The empty text is before every key.
    const [after] = before === undefined ? [''] : cursors.read(before);
    const [found] = await find({
      caller: userKey(caller),
      after,
      rows: limit + 1,
      offset: before === undefined ? offset : 0,
    });
    return pageOf(found?.rows ?? [], {
      count: found?.count ?? 0,
      limit,
      toItem: ({ blocked_key: _, ...profile }) => ({ ...profile, ...OFFLINE }),
      cursorOf: ({ blocked_key }) => cursors.write([blocked_key]),
    });
  };
}

interface Asked {
  readonly caller: string;
  readonly after: string;
  readonly rows: number;
  readonly offset: number;
}

const prepareBlockedUsers = (db: Kysely<ReadTables>) =>
  prepareQuery(db, (given: Given<Asked>) => {
    const count = db
      .selectFrom('user_counters')
      .select('blocked_users')
      .where('user_key', '=', given('caller'));
    const page = db
      .selectFrom('blocks')
      .where('blocker_key', '=', given('caller'))
      .where('blocked_key', '>', given('after'))
      .select('blocked_key')
      .orderBy('blocked_key')
      .limit(rowsWithin(count.$asScalar(), given('offset'), given('rows')))
      .offset(given('offset'));
    const blocked = db
      .selectFrom(page.as('page'))
      .innerJoin('users', 'users.user_key', 'page.blocked_key')
      .select(['page.blocked_key', 'users.username', 'users.nickname', 'users.avatar'])
      .orderBy('page.blocked_key');
    return db.selectNoFrom([jsonArrayFrom(blocked).as('rows'), count.as('count')]);
  });
