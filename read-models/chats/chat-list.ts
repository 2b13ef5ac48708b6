import { type Kysely, sql } from 'kysely';
import { z } from 'zod';
import type { Given } from '../../platform/postgres/prepared-query.ts';
import type { ChatPreview, Page, PageRequest } from '../../protocol/http-resources.ts';
import { uuid } from '../../protocol/scalars.ts';
import { BEYOND_EVERY_POSITION, pageCursors, pageOf, positionPlace, rowsWithin } from '../pages.ts';
import type { Reads, Snapshot } from '../snapshot.ts';
import type { ReadTables } from '../tables.ts';
import { userKey } from '../user-key.ts';
import { blockColumns, messageColumns, toMessage, unreadCount } from './chat-view.ts';

const cursors = pageCursors('chats', z.tuple([positionPlace, uuid]));
const NIL = '00000000-0000-0000-0000-000000000000';

export function prepareChatList(reads: Reads) {
  const find = prepareRows(reads);

  /** Newest last message first, empty chats last. */
  return async (
    caller: string,
    { limit, offset, before }: PageRequest,
  ): Promise<Snapshot<Page<ChatPreview>>> => {
    const [position, chatId] = before === undefined ? [BEYOND_EVERY_POSITION, NIL] : cursors.read(before);
    const skipped = before === undefined ? offset : 0;
    const { rows, upTo } = await find({
      caller: userKey(caller),
      position,
      chatId,
      rows: limit + 1,
      offset: skipped,
      reach: skipped + limit + 1,
    });
    const page = pageOf(rows, {
      count: rows[0]?.count ?? 0,
      limit,
      toItem: toPreview,
      cursorOf: ({ order_position, chat_id }) => cursors.write([String(order_position), String(chat_id)]),
    });
    return { answer: page, upTo };
  };
}

type ChatRow = Awaited<ReturnType<ReturnType<typeof prepareRows>>>['rows'][number];

function toPreview(row: ChatRow): ChatPreview | null {
  const { chat_id, username, nickname, avatar, is_online, is_blocked_user, is_blocked_by_user } = row;
  if (chat_id === null || username === null || nickname === null || avatar === null || is_online === null)
    return null;
  return {
    chat_id,
    username,
    nickname,
    avatar,
    is_online,
    is_blocked_user,
    is_blocked_by_user,
    unread_messages_count: row.unread_messages_count,
    last_message: toMessage(row),
  };
}

interface Asked {
  readonly caller: string;
  readonly position: string;
  readonly chatId: string;
  readonly rows: number;
  readonly offset: number;
  /** How far each side's list is read. */
  readonly reach: number;
}

/**
 * The newest of each side's list, merged: neither side is read further than the page goes. Each row with the count of
 * the whole list; one row without a chat when the page is empty, none for someone who never had a chat.
 */
const prepareRows = ({ db, prepare }: Reads) =>
  prepare((given: Given<Asked>) =>
    db
      .selectFrom('user_counters')
      .innerJoin('users as me', 'me.user_key', 'user_counters.user_key')
      .leftJoinLateral(newest(db, given).as('c'), (join) => join.onTrue())
      .leftJoin('users as other', (join) => join.on('other.user_key', '=', theOther))
      .leftJoin('messages as m', (join) =>
        join.onRef('m.chat_id', '=', 'c.chat_id').onRef('m.position', '=', 'c.last_position'),
      )
      .where('user_counters.user_key', '=', given('caller'))
      .select(['user_counters.chats as count', 'c.chat_id', 'c.order_position'])
      .select(['other.username', 'other.nickname', 'other.avatar', 'other.is_online'])
      .select(blockColumns)
      .select(unreadCount.as('unread_messages_count'))
      .select(messageColumns)
      .orderBy('c.order_position', 'desc')
      .orderBy('c.chat_id', 'desc'),
  );

const theOther = sql<string>`case c.user_a when me.user_key then c.user_b else c.user_a end`;

const newest = (db: Kysely<ReadTables>, given: Given<Asked>) =>
  db
    .selectFrom(
      db
        .selectFrom(newestOf(db, 'user_a', given).as('a'))
        .selectAll()
        .unionAll(db.selectFrom(newestOf(db, 'user_b', given).as('b')).selectAll())
        .as('n'),
    )
    .selectAll()
    .orderBy('order_position', 'desc')
    .orderBy('chat_id', 'desc')
    .limit(rowsWithin(sql.ref('user_counters.chats'), given('offset'), given('rows')))
    .offset(given('offset'));

const newestOf = (db: Kysely<ReadTables>, side: 'user_a' | 'user_b', given: Given<Asked>) =>
  db
    .selectFrom('chats')
    .selectAll()
    .where(side, '=', given('caller'))
    .where(sql<boolean>`(order_position, chat_id) < (${given('position')}::bigint, ${given('chatId')}::uuid)`)
    .orderBy('order_position', 'desc')
    .orderBy('chat_id', 'desc')
    .limit(given('reach'));
