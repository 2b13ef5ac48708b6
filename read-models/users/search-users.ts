import { type Kysely, type SelectQueryBuilder, sql } from 'kysely';
import { jsonArrayFrom } from 'kysely/helpers/postgres';
import { z } from 'zod';
import type { Given } from '../../platform/postgres/prepared-query.ts';
import type { Page, PageRequest, PresenceProfile } from '../../protocol/http-resources.ts';
import { OFFLINE } from '../awaiting-features.ts';
import { pageCursors, pageOf, rowsWithin, textPlace } from '../pages.ts';
import { isBlocked } from '../relationships/stance.ts';
import type { Reads, Snapshot } from '../snapshot.ts';
import type { ReadTables } from '../tables.ts';
import { userKey } from '../user-key.ts';

const cursors = pageCursors('users', z.tuple([textPlace, textPlace]));

export function prepareSearchUsers(reads: Reads) {
  const find = prepareRows(reads);

  /**
   * Those whose nickname or username starts with `search`, without those who block the caller; by nickname, then username.
   * Those found by their nickname come in this order from the index, page by page; those found by their username alone are
   * only looked for among users whose nickname is another, and only the first 1,000 of them are listed.
   */
  return async (
    caller: string,
    search: string,
    { limit, offset, before }: PageRequest,
  ): Promise<Snapshot<Page<PresenceProfile>>> => {
    const prefix = userKey(search);
    // Empty texts are before every name.
    const [nickname, username] = before === undefined ? ['', ''] : cursors.read(before);
    const skipped = before === undefined ? offset : 0;
    const { rows, upTo } = await find({
      caller: userKey(caller),
      prefix,
      end: `${prefix}${LAST_CHARACTER}`,
      nickname,
      username,
      rows: limit + 1,
      offset: skipped,
      reach: skipped + limit + 1,
    });
    const [found] = rows;
    const page = pageOf(found?.rows ?? [], {
      count: (found?.matching ?? 0) - (found?.hidden ?? 0),
      limit,
      toItem: ({ nickname_key: _, user_key: __, ...profile }) => ({ ...profile, ...OFFLINE }),
      cursorOf: ({ nickname_key, user_key }) => cursors.write([nickname_key, user_key]),
    });
    return { answer: page, upTo };
  };
}

const PROFILE = ['nickname_key', 'user_key', 'username', 'nickname', 'avatar'] as const;

/**
 * Those found by their username alone come in no index's order, so all of them are read for any page: the first of them
 * by username, if a short prefix finds more. A longer one finds the others.
 */
const RENAMED_LIMIT = 1000;

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

const prepareRows = ({ db, prepare }: Reads) =>
  prepare((given: Given<Asked>) => {
    const byNickname = visible(db.selectFrom('users'), given).where(startsWith('nickname_key', given));
    const byUsername = visible(db.selectFrom(renamed(db, given).as('users')), given).where(({ not }) =>
      not(startsWith('nickname_key', given)),
    );
    const matching = db.selectFrom('user_prefixes').select('users').where('prefix', '=', given('prefix'));
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
      .limit(rowsWithin(matching.$asScalar(), given('offset'), given('rows')))
      .offset(given('offset'));
    return db.selectNoFrom((eb) => [
      jsonArrayFrom(found).as('rows'),
      matching.as('matching'),
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

/** By their username alone nobody is found for the empty prefix, with which every nickname starts. */
const renamed = (db: Kysely<ReadTables>, given: Given<Asked>) =>
  db
    .selectFrom('users')
    .select(PROFILE)
    .where('renamed', '=', sql.lit(true))
    .where(given('prefix'), '<>', '')
    .where(startsWith('user_key', given))
    .orderBy('user_key')
    .limit(sql.lit(RENAMED_LIMIT));

const visible = (users: SelectQueryBuilder<ReadTables, 'users', object>, given: Given<Asked>) =>
  users
    .where(({ not, ref }) => not(isBlocked(ref('users.user_key'), given('caller'))))
    .where(sql<boolean>`(nickname_key, user_key) > (${given('nickname')}, ${given('username')})`)
    .select(PROFILE)
    .orderBy('nickname_key')
    .orderBy('user_key')
    .limit(given('reach'));
