import { sql } from 'kysely';
import { jsonArrayFrom } from 'kysely/helpers/postgres';
import { z } from 'zod';
import type { Given } from '../../platform/postgres/prepared-query.ts';
import type { Page, PageRequest, PresenceProfile } from '../../protocol/http-resources.ts';
import { OFFLINE } from '../awaiting-features.ts';
import { pageCursors, pageOf, rowsWithin, textPlace } from '../pages.ts';
import { isBlocked } from '../relationships/stance.ts';
import type { Reads, Snapshot } from '../snapshot.ts';
import { userKey } from '../user-key.ts';

/** Who is online comes first, before this rank, once it is known who is. */
const OFFLINE_RANK = 1;

const cursors = pageCursors('users', z.tuple([z.literal(OFFLINE_RANK), textPlace, textPlace]));

export function prepareSearchUsers(reads: Reads) {
  const find = prepareRows(reads);

  /**
   * Those whose nickname or username starts with `search`, without those who block the caller; by nickname, then username.
   * Both come in this order from an index each, those found by their nickname and those found by their username alone.
   */
  return async (
    caller: string,
    search: string,
    { limit, offset, before }: PageRequest,
  ): Promise<Snapshot<Page<PresenceProfile>>> => {
    const prefix = userKey(search);
    // Empty texts are before every name.
    const [_, nickname, username] = before === undefined ? [OFFLINE_RANK, '', ''] : cursors.read(before);
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
      cursorOf: ({ nickname_key, user_key }) => cursors.write([OFFLINE_RANK, nickname_key, user_key]),
    });
    return { answer: page, upTo };
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

const prepareRows = ({ db, prepare }: Reads) =>
  prepare((given: Given<Asked>) => {
    const matching = db.selectFrom('user_prefixes').select('users').where('prefix', '=', given('prefix'));
    const byNickname = db
      .selectFrom('users')
      .where(startsWithAndComesAfter(given))
      .where(isVisible(given))
      .select(PLACE)
      .orderBy('nickname_key')
      .orderBy('user_key')
      .limit(given('reach'));
    const byUsername = db
      .selectFrom('username_prefixes')
      .where('prefix', '=', given('prefix'))
      .where(sql<boolean>`(nickname_key, user_key) > (${given('nickname')}, ${given('username')})`)
      .where(isVisible(given))
      .select(PLACE)
      .orderBy('nickname_key')
      .orderBy('user_key')
      .limit(given('reach'));
    const page = db
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
    const profiles = db
      .selectFrom(page.as('page'))
      .innerJoin('users', 'users.user_key', 'page.user_key')
      .select(['page.nickname_key', 'page.user_key', 'username', 'nickname', 'avatar'])
      .orderBy('page.nickname_key')
      .orderBy('page.user_key');
    return db.selectNoFrom((eb) => [
      jsonArrayFrom(profiles).as('rows'),
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

const PLACE = ['nickname_key', 'user_key'] as const;

/** As a range: `like` could not use the index in a plan that is made before the prefix is known. */
const startsWith = (column: 'nickname_key' | 'user_key', given: Given<Asked>) =>
  sql<boolean>`(${sql.ref(column)} >= ${given('prefix')} and ${sql.ref(column)} < ${given('end')})`;

/** With one lower bound, the higher of the two: it is where the index is entered, and by the other all before the prefix would be walked over. */
const startsWithAndComesAfter = (given: Given<Asked>) => {
  const nickname = sql`${given('nickname')}::text collate "C"`;
  return sql<boolean>`(nickname_key < ${given('end')} and (nickname_key, user_key) > (
    greatest(${nickname}, ${given('prefix')}),
    case when ${nickname} < ${given('prefix')} then '' else ${given('username')} end))`;
};

const isVisible = (given: Given<Asked>) =>
  sql<boolean>`not ${isBlocked(sql.ref('user_key'), given('caller'))}`;
