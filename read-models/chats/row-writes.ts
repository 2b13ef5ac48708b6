import type { Insertable } from 'kysely';
import { lines, numbers, texts } from '../columns.ts';
import type { TableWrite } from '../room.ts';
import type { ChatsTable, MessagesTable, ReadMarkersTable } from './tables.ts';

export const upsertChats = (rows: readonly Readonly<ChatsTable>[]): TableWrite => ({
  name: 'chats',
  sql: `insert into chats (chat_id, user_a, user_b, sent_a, sent_b, read_a, read_b, last_position, order_position)
    select r.* from fence, :rows r
    on conflict (chat_id) do update set sent_a = excluded.sent_a, sent_b = excluded.sent_b,
      read_a = excluded.read_a, read_b = excluded.read_b, last_position = excluded.last_position,
      order_position = excluded.order_position`,
  rows: rows.length,
  columns: [
    lines('uuid', rows, (row) => row.chat_id),
    lines('text', rows, (row) => row.user_a),
    lines('text', rows, (row) => row.user_b),
    numbers('integer', rows, (row) => row.sent_a),
    numbers('integer', rows, (row) => row.sent_b),
    numbers('integer', rows, (row) => row.read_a),
    numbers('integer', rows, (row) => row.read_b),
    numbers('bigint', rows, (row) => row.last_position),
    numbers('bigint', rows, (row) => row.order_position),
  ],
});

export const insertMessages = (rows: readonly Insertable<MessagesTable>[]): TableWrite => ({
  name: 'messages',
  sql: `insert into messages (chat_id, position, message_id, sender_key, number, content, timestamp, date)
    select r.* from fence, :rows r`,
  rows: rows.length,
  columns: [
    lines('uuid', rows, (row) => row.chat_id),
    numbers('bigint', rows, (row) => row.position),
    lines('uuid', rows, (row) => row.message_id),
    lines('text', rows, (row) => row.sender_key),
    numbers('integer', rows, (row) => row.number),
    texts(rows, (row) => row.content),
    texts(rows, (row) => row.timestamp),
    lines('timestamptz', rows, (row) => row.date),
  ],
});

export const insertMarkers = (rows: readonly Insertable<ReadMarkersTable>[]): TableWrite => ({
  name: 'read_markers',
  sql: `insert into read_markers (chat_id, reader_key, position, date) select r.* from fence, :rows r`,
  rows: rows.length,
  columns: [
    lines('uuid', rows, (row) => row.chat_id),
    lines('text', rows, (row) => row.reader_key),
    numbers('bigint', rows, (row) => row.position),
    lines('timestamptz', rows, (row) => row.date),
  ],
});

export const insertLikes = (messageIds: readonly string[]): TableWrite => ({
  name: 'likes_given',
  sql: `insert into likes (message_id) select r.* from fence, :rows r on conflict do nothing`,
  rows: messageIds.length,
  columns: [lines('uuid', messageIds, (id) => id)],
});

/** A message liked and unliked since the last write may have no row to take away. */
export const deleteLikes = (messageIds: readonly string[]): TableWrite => ({
  name: 'likes_taken',
  sql: `delete from likes using fence, :rows r (id) where message_id = r.id`,
  rows: messageIds.length,
  columns: [lines('uuid', messageIds, (id) => id)],
});

/**
 * Chat by chat: there is no index by sender, which every message would pay for. Those that this same statement adds it does not see;
 * they are blank already. It comes before the write of the chats, whose name would stand for their table. All in one statement, however many they are: frames do not wait for rows.
 */
export const blankMessages = (senderKeys: readonly string[]): TableWrite => ({
  name: 'messages_blanked',
  sql: `update messages m set content = '', timestamp = '' from fence where m.ctid = any(array(
    select found.ctid from :rows r (sender_key),
      lateral (
        select chat_id from chats where user_a = r.sender_key
        union all select chat_id from chats where user_b = r.sender_key offset 0
      ) chat,
      lateral (
        select o.ctid from messages o where o.chat_id = chat.chat_id and o.sender_key = r.sender_key offset 0
      ) found))`,
  rows: senderKeys.length,
  columns: [texts(senderKeys, (key) => key)],
});
