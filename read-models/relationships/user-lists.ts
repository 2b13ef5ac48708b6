import type { Kysely } from 'kysely';
import { jsonArrayFrom } from 'kysely/helpers/postgres';
import { z } from 'zod';
import type { Given } from '../../platform/postgres/prepared-query.ts';
import type { Page, PageRequest, PresenceProfile } from '../../protocol/http-resources.ts';
import { pageCursors, pageOf, rowsWithin, textPlace } from '../pages.ts';
import type { Reads, Snapshot } from '../snapshot.ts';
import type { ReadTables } from '../tables.ts';
import { userKey } from '../user-key.ts';

/** Lists of users that each user keeps; named as the counter of how many are on it. */
type UserList = keyof typeof LISTED;

/** Of everybody: who is on whose list. */
const LISTED = {
  friends: (db: Kysely<ReadTables>) =>
    db.selectFrom('friendships').select(['adder_key as owner_key', 'friend_key as user_key']),
  blocked_users: (db: Kysely<ReadTables>) =>
    db.selectFrom('blocks').select(['blocker_key as owner_key', 'blocked_key as user_key']),
} as const;

export function prepareUserList(reads: Reads, list: UserList) {
  const find = prepareRows(reads, list);
  const cursors = pageCursors(list, z.tuple([textPlace]));

  /** By username. */
  return async (
    caller: string,
    { limit, offset, before }: PageRequest,
  ): Promise<Snapshot<Page<PresenceProfile>>> => {
    // The empty text is before every key.
    const [after] = before === undefined ? [''] : cursors.read(before);
    const { rows, upTo } = await find({
      caller: userKey(caller),
      after,
      rows: limit + 1,
      offset: before === undefined ? offset : 0,
    });
    const [found] = rows;
    const page = pageOf(found?.rows ?? [], {
      count: found?.count ?? 0,
      limit,
      toItem: ({ user_key: _, ...profile }) => profile,
      cursorOf: ({ user_key }) => cursors.write([user_key]),
    });
    return { answer: page, upTo };
  };
}

interface Asked {
  readonly caller: string;
  readonly after: string;
  readonly rows: number;
  readonly offset: number;
}

const prepareRows = ({ db, prepare }: Reads, list: UserList) =>
  prepare((given: Given<Asked>) => {
    const count = db.selectFrom('user_counters').select(list).where('user_key', '=', given('caller'));
    const page = db
      .selectFrom(LISTED[list](db).as('listed'))
      .where('owner_key', '=', given('caller'))
      .where('user_key', '>', given('after'))
      .select('user_key')
      .orderBy('user_key')
      .limit(rowsWithin(count.$asScalar(), given('offset'), given('rows')))
      .offset(given('offset'));
    const listed = db
      .selectFrom(page.as('page'))
      .innerJoin('users', 'users.user_key', 'page.user_key')
      .select(['page.user_key', 'users.username', 'users.nickname', 'users.avatar', 'users.is_online'])
      .orderBy('page.user_key');
    return db.selectNoFrom([jsonArrayFrom(listed).as('rows'), count.as('count')]);
  });
