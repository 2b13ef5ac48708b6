import { type Kysely, sql } from 'kysely';
import { jsonArrayFrom } from 'kysely/helpers/postgres';
import { z } from 'zod';
import { type Given, prepareQuery } from '../../platform/postgres/prepared-query.ts';
import type { Page, PageRequest, PresenceProfile } from '../../protocol/http-resources.ts';
import { OFFLINE } from '../awaiting-features.ts';
import { pageCursors, textPlace } from '../page-cursor.ts';
import { pageOf } from '../page-of.ts';
import type { ReadTables } from '../tables.ts';
import { userKey } from '../user-key.ts';

const cursors = pageCursors('users', z.tuple([textPlace, textPlace]));

/**
 * By nickname, then username. Those found by their nickname come in this order from the index, page by page; those
 * found by their username alone are only looked for among users whose nickname is another.
 */
export type SearchUsers = (
  caller: string,
  search: string,
  page: PageRequest,
) => Promise<Page<PresenceProfile>>;

export function createSearchUsers(db: Kysely<ReadTables>): SearchUsers {
  const find = prepareSearch(db);
  return async (caller, search, { limit, offset, before }) => {
    const prefix = userKey(search);
    // Empty texts are before every name.
    const [nickname, username] = before === undefined ? ['', ''] : cursors.read(before);
    const skipped = before === undefined ? offset : 0;
    const [found] = await find({
      caller: userKey(caller),
      prefix,
      end: `${prefix}${LAST_CHARACTER}`,
      nickname,
      username,
      rows: limit + 1,
      offset: skipped,
      reach: skipped + limit + 1,
    });
    return pageOf(found?.rows ?? [], {
      count: (found?.matching ?? 0) - (found?.hidden ?? 0),
      limit,
      toItem: ({ nickname_key: _, user_key: __, ...profile }) => ({ ...profile, ...OFFLINE }),
      cursorOf: ({ nickname_key, user_key }) => cursors.write([nickname_key, user_key]),
    });
  };
}

/** In no name. */
const LAST_CHARACTER = '\u{10FFFF}';

interface Asked {
  readonly caller: string;
  readonly prefix: string;
  /** Beyond every name that starts with the prefix. */
  readonly end: string;
  /** The page begins after this place. */
  readonly nickname: string;
  readonly username: string;
  readonly rows: number;
  readonly offset: number;
  /** How far each way of finding is followed. */
  readonly reach: number;
}

const prepareSearch = (db: Kysely<ReadTables>) =>
  prepareQuery(db, (given: Given<Asked>) => {
    const visible = visibleUsers(db, given);
    const byNickname = visible.where(startsWith('nickname_key', given));
    const byUsername = visible
      .where('renamed', '=', sql.lit(true))
      .where(startsWith('user_key', given))
      .where(({ not }) => not(startsWith('nickname_key', given)));
    const found = db
      .selectFrom(
        db
          .selectFrom(byNickname.as('n'))
          .selectAll()
          .unionAll(db.selectFrom(byUsername.as('u')).selectAll())
          .as('found'),
      )
      .selectAll()
      .orderBy('nickname_key')
      .orderBy('user_key')
      .limit(given('rows'))
      .offset(given('offset'));
    return db.selectNoFrom((eb) => [
      jsonArrayFrom(found).as('rows'),
      eb.selectFrom('user_prefixes').select('users').where('prefix', '=', given('prefix')).as('matching'),
      eb
        .selectFrom('blocks')
        .innerJoin('users', 'users.user_key', 'blocks.blocker_key')
        .where('blocks.blocked_key', '=', given('caller'))
        .where(({ or }) => or([startsWith('nickname_key', given), startsWith('user_key', given)]))
        .select(sql<number>`count(*)::integer`.as('users'))
        .as('hidden'),
    ]);
  });

/** As a range: `like` could not use the index in a plan that is made before the prefix is known. */
const startsWith = (column: 'nickname_key' | 'user_key', given: Given<Asked>) =>
  sql<boolean>`(${sql.ref(column)} >= ${given('prefix')} and ${sql.ref(column)} < ${given('end')})`;

const visibleUsers = (db: Kysely<ReadTables>, given: Given<Asked>) =>
  db
    .selectFrom('users')
    .where((eb) =>
      eb.not(
        eb.exists(
          eb
            .selectFrom('blocks')
            .where('blocked_key', '=', given('caller'))
            .whereRef('blocker_key', '=', 'users.user_key'),
        ),
      ),
    )
    .where(sql<boolean>`(nickname_key, user_key) > (${given('nickname')}, ${given('username')})`)
    .select(['nickname_key', 'user_key', 'username', 'nickname', 'avatar'])
    .orderBy('nickname_key')
    .orderBy('user_key')
    .limit(given('reach'));
