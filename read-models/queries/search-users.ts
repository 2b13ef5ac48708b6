import { type Kysely, sql } from 'kysely';
import { jsonArrayFrom } from 'kysely/helpers/postgres';
import { z } from 'zod';
import type { Page, PageRequest, PresenceProfile } from '../../protocol/http-resources.ts';
import { OFFLINE } from '../awaiting-features.ts';
import { pageCursors, textPlace } from '../page-cursor.ts';
import { pageOf } from '../page-of.ts';
import type { ReadTables } from '../tables.ts';
import { userKey } from '../user-key.ts';

const place = z.tuple([textPlace, textPlace]);
const cursors = pageCursors('users', place);

/**
 * By nickname, then username. Those found by their nickname come in this order from the index, page by page; those
 * found by their username alone are only looked for among users whose nickname is another.
 */
export async function searchUsers(
  db: Kysely<ReadTables>,
  caller: string,
  search: string,
  page: PageRequest,
): Promise<Page<PresenceProfile>> {
  const prefix = userKey(search);
  const before = page.before === undefined ? null : cursors.read(page.before);
  const offset = before ? 0 : page.offset;
  const visible = visibleUsers(db, userKey(caller), before).limit(offset + page.limit + 1);
  const byNickname = visible.where(startsWith('nickname_key', prefix));
  const byUsername = visible
    .where('renamed', '=', sql.lit(true))
    .where(startsWith('user_key', prefix))
    .where(({ not }) => not(startsWith('nickname_key', prefix)));
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
    .limit(page.limit + 1)
    .offset(offset);
  const { rows, matching, hidden } = await db
    .selectNoFrom((eb) => [
      jsonArrayFrom(found).as('rows'),
      eb.selectFrom('user_prefixes').select('users').where('prefix', '=', prefix).as('matching'),
      eb
        .selectFrom('blocks')
        .innerJoin('users', 'users.user_key', 'blocks.blocker_key')
        .where('blocks.blocked_key', '=', userKey(caller))
        .where(({ or }) => or([startsWith('nickname_key', prefix), startsWith('user_key', prefix)]))
        .select(sql<number>`count(*)::integer`.as('users'))
        .as('hidden'),
    ])
    .executeTakeFirstOrThrow();
  return pageOf(rows, {
    count: (matching ?? 0) - (hidden ?? 0),
    limit: page.limit,
    toItem: ({ nickname_key: _, user_key: __, ...profile }) => ({ ...profile, ...OFFLINE }),
    cursorOf: ({ nickname_key, user_key }) => cursors.write([nickname_key, user_key]),
  });
}

/** As a range: `like` could not use the index in a plan that is made before the prefix is known. */
const startsWith = (column: 'nickname_key' | 'user_key', prefix: string) =>
  sql<boolean>`(${sql.ref(column)} >= ${prefix} and ${sql.ref(column)} < ${`${prefix}${LAST_CHARACTER}`})`;

/** In no name. */
const LAST_CHARACTER = '\u{10FFFF}';

const visibleUsers = (db: Kysely<ReadTables>, caller: string, before: z.infer<typeof place> | null) =>
  db
    .selectFrom('users')
    .where((eb) =>
      eb.not(
        eb.exists(
          eb
            .selectFrom('blocks')
            .where('blocked_key', '=', caller)
            .whereRef('blocker_key', '=', 'users.user_key'),
        ),
      ),
    )
    .$if(before !== null, (query) =>
      query.where(sql<boolean>`(nickname_key, user_key) > (${before?.[0]}, ${before?.[1]})`),
    )
    .select(['nickname_key', 'user_key', 'username', 'nickname', 'avatar'])
    .orderBy('nickname_key')
    .orderBy('user_key');
