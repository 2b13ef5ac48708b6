import { type Expression, type Kysely, sql } from 'kysely';
import { jsonArrayFrom } from 'kysely/helpers/postgres';
import { z } from 'zod';
import type { Given } from '../../platform/postgres/prepared-query.ts';
import type { Page, PageRequest, PresenceProfile } from '../../protocol/http-resources.ts';
import { pageCursors, pageOf, rowsWithin, textPlace } from '../pages.ts';
import { isBlocked } from '../relationships/stance.ts';
import type { Reads, Snapshot } from '../snapshot.ts';
import type { ReadTables } from '../tables.ts';
import { userKey } from '../user-key.ts';
import { FOUND_BY_NOBODY } from './tables.ts';

/** In cursors. */
const ONLINE = 0;
const OFFLINE = 1;

const rank = z.union([z.literal(ONLINE), z.literal(OFFLINE)]);

const cursors = pageCursors('users', z.tuple([rank, textPlace, textPlace]));

export function prepareSearchUsers(reads: Reads) {
  const find = prepareRows(reads);

  /**
   * Those whose nickname or username starts with `search`, without those who block the caller: who is online comes first, then by
   * nickname, then by username. Both the online and the offline ones come in this order from an index each, those found by their nickname
   * and those found by their username alone.
   *
   * The order is that of the moment at which a page is read, and `before` is a place in it. Whoever stays as they are is on one page of
   * those that follow each other. Who goes offline between two pages may be on both, and who comes online on neither, when the pages are
   * past the place at which this user is now.
   */
  return async (
    caller: string,
    search: string,
    { limit, offset, before }: PageRequest,
  ): Promise<Snapshot<Page<PresenceProfile>>> => {
    const prefix = userKey(search);
    // Empty texts are before every name.
    const [rank, nickname, username] = before === undefined ? [ONLINE, '', ''] : cursors.read(before);
    const skipped = before === undefined ? offset : 0;
    const isPastOnline = rank !== ONLINE;
    const { rows, upTo } = await find({
      caller: userKey(caller),
      prefix,
      end: `${prefix}${LAST_CHARACTER}`,
      online_nickname: nickname,
      online_username: username,
      online_reach: isPastOnline ? 0 : skipped + limit + 1,
      offline_nickname: isPastOnline ? nickname : '',
      offline_username: isPastOnline ? username : '',
      rows: limit + 1,
      offset: skipped,
      reach: skipped + limit + 1,
    });
    const [found] = rows;
    const page = pageOf(found?.rows ?? [], {
      count: (found?.matching ?? 0) - (found?.hidden ?? 0),
      limit,
      toItem: ({ nickname_key: _, user_key: __, ...profile }) => profile,
      cursorOf: ({ is_online, nickname_key, user_key }) =>
        cursors.write([is_online ? ONLINE : OFFLINE, nickname_key, user_key]),
    });
    return { answer: page, upTo };
  };
}

/** In no name, and before it are all that a search finds. */
const LAST_CHARACTER = FOUND_BY_NOBODY;

/** The page begins after these places among those who are online and among the others. */
interface Asked {
  readonly caller: string;
  readonly prefix: string;
  /** Beyond every name that starts with the prefix. */
  readonly end: string;
  readonly online_nickname: string;
  readonly online_username: string;
  readonly offline_nickname: string;
  readonly offline_username: string;
  readonly rows: number;
  readonly offset: number;
  /** How far each way of finding is followed. */
  readonly reach: number;
  /** The same, of those who are online. */
  readonly online_reach: number;
}

const prepareRows = ({ db, prepare }: Reads) =>
  prepare((given: Given<Asked>) => {
    const matching = db.selectFrom('user_prefixes').select('users').where('prefix', '=', given('prefix'));
    // The others are followed only as far as those who are online leave the page open.
    const left = sql<number>`greatest(0, ${given('reach')}::integer - (select count(*) from online))`;
    const page = db
      .with('online', () => foundOf(db, { given, state: 'online', reach: given('online_reach') }))
      .selectFrom((eb) =>
        eb
          .selectFrom('online')
          .selectAll()
          .unionAll(
            eb.selectFrom(foundOf(db, { given, state: 'offline', reach: left }).as('offline')).selectAll(),
          )
          .as('found'),
      )
      .selectAll()
      .orderBy('is_online', 'desc')
      .orderBy('nickname_key')
      .orderBy('user_key')
      .limit(rowsWithin(matching.$asScalar(), given('offset'), given('rows')))
      .offset(given('offset'));
    const profiles = db
      .selectFrom(page.as('page'))
      .innerJoin('users', 'users.user_key', 'page.user_key')
      .select(['page.nickname_key', 'page.user_key', 'username', 'nickname', 'avatar', 'page.is_online'])
      .orderBy('page.is_online', 'desc')
      .orderBy('page.nickname_key')
      .orderBy('page.user_key');
    return db.selectNoFrom((eb) => [
      jsonArrayFrom(profiles).as('rows'),
      matching.as('matching'),
      eb
        .selectFrom('blocks')
        .innerJoin('users', 'users.user_key', 'blocks.blocker_key')
        .where('blocks.blocked_key', '=', given('caller'))
        .where('users.is_erased', '=', sql.lit(false))
        .where(({ or }) => or([startsWith('nickname_key', given), startsWith('user_key', given)]))
        .select(sql<number>`count(*)::integer`.as('users'))
        .as('hidden'),
    ]);
  });

interface Found {
  readonly given: Given<Asked>;
  readonly state: 'online' | 'offline';
  readonly reach: Expression<number>;
}

/** Those who are online, or the others, that the search finds in either way. */
function foundOf(db: Kysely<ReadTables>, { given, state, reach }: Found) {
  const isOnline = sql.lit(state === 'online');
  const place = { nickname: given(`${state}_nickname`), username: given(`${state}_username`) };
  const byNickname = db
    .selectFrom('users')
    .where('is_online', '=', isOnline)
    .where(startsWithAndComesAfter(given, place))
    .where(isVisible(given))
    .select(PLACE)
    .orderBy('nickname_key')
    .orderBy('user_key')
    .limit(reach);
  const byUsername = db
    .selectFrom('username_prefixes')
    .where('prefix', '=', given('prefix'))
    .where('is_online', '=', isOnline)
    .where(sql<boolean>`(nickname_key, user_key) > (${place.nickname}, ${place.username})`)
    .where(isVisible(given))
    .select(PLACE)
    .orderBy('nickname_key')
    .orderBy('user_key')
    .limit(reach);
  return db
    .selectFrom(byNickname.as('n'))
    .selectAll()
    .unionAll(db.selectFrom(byUsername.as('u')).selectAll());
}

const PLACE = ['nickname_key', 'user_key', 'is_online'] as const;

/** As a range: `like` could not use the index in a plan that is made before the prefix is known. */
const startsWith = (column: 'nickname_key' | 'user_key', given: Given<Asked>) =>
  sql<boolean>`(${sql.ref(column)} >= ${given('prefix')} and ${sql.ref(column)} < ${given('end')})`;

/** With one lower bound, the higher of the two: it is where the index is entered, and by the other all before the prefix would be walked over. */
const startsWithAndComesAfter = (
  given: Given<Asked>,
  place: { readonly nickname: Expression<string>; readonly username: Expression<string> },
) => {
  const nickname = sql`${place.nickname}::text collate "C"`;
  return sql<boolean>`(nickname_key < ${given('end')} and (nickname_key, user_key) > (
    greatest(${nickname}, ${given('prefix')}),
    case when ${nickname} < ${given('prefix')} then '' else ${place.username} end))`;
};

const isVisible = (given: Given<Asked>) =>
  sql<boolean>`not ${isBlocked(sql.ref('user_key'), given('caller'))}`;
