import { type Kysely, sql } from 'kysely';
import { jsonArrayFrom, jsonObjectFrom } from 'kysely/helpers/postgres';
import { z } from 'zod';
import type { ChatPreview, Page, PageRequest } from '../../protocol/http-resources.ts';
import { uuid } from '../../protocol/scalars.ts';
import { OFFLINE } from '../awaiting-features.ts';
import { pageCursors, positionPlace } from '../page-cursor.ts';
import { pageOf } from '../page-of.ts';
import type { ReadTables } from '../tables.ts';
import { userKey } from '../user-key.ts';
import { headerColumns, messagesOf, unreadCount } from './chat-view.ts';
import { toMessage } from './message-row.ts';

const place = z.tuple([positionPlace, uuid]);
const cursors = pageCursors('chats', place);

/** The newest of each side's list, merged: neither side is read further than the page goes. */
export async function findChats(
  db: Kysely<ReadTables>,
  caller: string,
  page: PageRequest,
): Promise<Page<ChatPreview>> {
  const key = userKey(caller);
  const before = page.before === undefined ? null : cursors.read(page.before);
  const offset = before ? 0 : page.offset;
  const wanted = page.limit + 1;
  const newest = db
    .selectFrom(newestOf(db, 'user_a', key, before, offset + wanted).as('a'))
    .selectAll()
    .unionAll(db.selectFrom(newestOf(db, 'user_b', key, before, offset + wanted).as('b')).selectAll());
  const previews = db
    .selectFrom(
      db
        .selectFrom(newest.as('n'))
        .selectAll()
        .orderBy('last_position', 'desc')
        .orderBy('chat_id', 'desc')
        .limit(wanted)
        .offset(offset)
        .as('c'),
    )
    .innerJoin('users as me', (join) => join.on('me.user_key', '=', key))
    .innerJoin('users as other', (join) => join.on('other.user_key', '=', theOther))
    .select(headerColumns)
    .select((eb) => [
      sql<string>`c.last_position::text`.as('last_position'),
      unreadCount.as('unread_messages_count'),
      jsonObjectFrom(
        messagesOf(eb, (messages) => messages.whereRef('messages.position', '=', 'c.last_position')),
      ).as('last_message'),
    ])
    .orderBy('c.last_position', 'desc')
    .orderBy('c.chat_id', 'desc');
  const { rows, count } = await db
    .selectNoFrom((eb) => [
      jsonArrayFrom(previews).as('rows'),
      eb.selectFrom('user_counters').select('chats').where('user_key', '=', key).as('count'),
    ])
    .executeTakeFirstOrThrow();
  return pageOf(rows, {
    count: count ?? 0,
    limit: page.limit,
    toItem: ({ last_position: _, last_message, ...preview }) => ({
      ...preview,
      ...OFFLINE,
      last_message: last_message && toMessage(last_message),
    }),
    cursorOf: ({ last_position, chat_id }) => cursors.write([last_position, chat_id]),
  });
}

const theOther = sql<string>`case c.user_a when me.user_key then c.user_b else c.user_a end`;

const newestOf = (
  db: Kysely<ReadTables>,
  side: 'user_a' | 'user_b',
  key: string,
  before: z.infer<typeof place> | null,
  limit: number,
) =>
  db
    .selectFrom('chats')
    .selectAll()
    .where(side, '=', key)
    .$if(before !== null, (query) =>
      query.where(sql<boolean>`(last_position, chat_id) < (${before?.[0]}::bigint, ${before?.[1]}::uuid)`),
    )
    .orderBy('last_position', 'desc')
    .orderBy('chat_id', 'desc')
    .limit(limit);
