import { lines, numbers, type TableWrite, texts } from '../read-models/table-write.ts';
import type { Changes } from './changes.ts';

/** One for each table that changes. */
export const tableWrites = (changes: Changes): TableWrite[] =>
  [
    users(changes),
    prefixes(changes),
    counters(changes),
    chats(changes),
    messages(changes),
    likes(changes, true),
    likes(changes, false),
    markers(changes),
    blocks(changes, true),
    blocks(changes, false),
    feed(changes),
  ].filter(({ rows }) => rows > 0);

const users = ({ users: rows }: Changes): TableWrite => ({
  name: 'usr',
  sql: `insert into users (user_key, username, nickname, nickname_key, avatar, date_joined)
    select r.* from fence, :rows r`,
  rows: rows.length,
  columns: [
    texts(rows, (row) => row.user_key),
    texts(rows, (row) => row.username),
    texts(rows, (row) => row.nickname),
    texts(rows, (row) => row.nickname_key),
    texts(rows, (row) => row.avatar),
    lines('timestamptz', rows, (row) => row.date_joined),
  ],
});

function prefixes(changes: Changes): TableWrite {
  const rows = [...changes.prefixes];
  return {
    name: 'pre',
    sql: `insert into user_prefixes as old (prefix, users)
      select r.* from fence, :rows r
      on conflict (prefix) do update set users = old.users + excluded.users`,
    rows: rows.length,
    columns: [texts(rows, ([prefix]) => prefix), numbers('integer', rows, ([, users]) => users)],
  };
}

function counters(changes: Changes): TableWrite {
  const rows = [...changes.counters];
  return {
    name: 'cnt',
    sql: `insert into user_counters as old (user_key, chats, unread_messages, blocked_users)
      select r.* from fence, :rows r
      on conflict (user_key) do update set
        chats = old.chats + excluded.chats,
        unread_messages = old.unread_messages + excluded.unread_messages,
        blocked_users = old.blocked_users + excluded.blocked_users`,
    rows: rows.length,
    columns: [
      lines('text', rows, ([userKey]) => userKey),
      numbers('integer', rows, ([, change]) => change.chats),
      numbers('integer', rows, ([, change]) => change.unreadMessages),
      numbers('integer', rows, ([, change]) => change.blockedUsers),
    ],
  };
}

function chats(changes: Changes): TableWrite {
  const rows = [...changes.chats.values()];
  return {
    name: 'cht',
    sql: `insert into chats (chat_id, user_a, user_b, sent_a, sent_b, read_a, read_b, last_position,
        order_position)
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
  };
}

function messages(changes: Changes): TableWrite {
  const rows = [...changes.messages.values()];
  return {
    name: 'msg',
    sql: `insert into messages (chat_id, position, message_id, sender_key, number, content, date)
      select r.* from fence, :rows r`,
    rows: rows.length,
    columns: [
      lines('uuid', rows, (row) => row.chat_id),
      numbers('bigint', rows, (row) => row.position),
      lines('uuid', rows, (row) => row.message_id),
      lines('text', rows, (row) => row.sender_key),
      numbers('integer', rows, (row) => row.number),
      texts(rows, (row) => row.content),
      lines('timestamptz', rows, (row) => row.date),
    ],
  };
}

/** A message liked and unliked within one batch may have no row to take away. */
function likes(changes: Changes, liked: boolean): TableWrite {
  const rows = [...changes.likes].filter(([, is]) => is === liked);
  return {
    name: liked ? 'lik' : 'unl',
    sql: liked
      ? `insert into likes (message_id) select r.* from fence, :rows r on conflict do nothing`
      : `delete from likes using fence, :rows r (id) where message_id = r.id`,
    rows: rows.length,
    columns: [lines('uuid', rows, ([id]) => id)],
  };
}

const markers = ({ markers: rows }: Changes): TableWrite => ({
  name: 'mrk',
  sql: `insert into read_markers (chat_id, reader_key, position, date) select r.* from fence, :rows r`,
  rows: rows.length,
  columns: [
    lines('uuid', rows, (row) => row.chat_id),
    lines('text', rows, (row) => row.reader_key),
    numbers('bigint', rows, (row) => row.position),
    lines('timestamptz', rows, (row) => row.date),
  ],
});

function blocks(changes: Changes, blocked: boolean): TableWrite {
  const rows = [...changes.blocks.values()].filter((row) => row.blocked === blocked);
  return {
    name: blocked ? 'blk' : 'ubl',
    sql: blocked
      ? `insert into blocks (blocker_key, blocked_key) select r.* from fence, :rows r on conflict do nothing`
      : `delete from blocks b using fence, :rows r (blocker_key, blocked_key)
        where b.blocker_key = r.blocker_key and b.blocked_key = r.blocked_key`,
    rows: rows.length,
    columns: [lines('text', rows, (row) => row.blocker_key), lines('text', rows, (row) => row.blocked_key)],
  };
}

const feed = ({ frames: rows }: Changes): TableWrite => ({
  name: 'fed',
  sql: `insert into feed (position, ordinal, user_a, user_b, date, text) select r.* from fence, :rows r`,
  rows: rows.length,
  columns: [
    numbers('bigint', rows, (frame) => frame.cursor.position),
    numbers('smallint', rows, (frame) => frame.cursor.ordinal),
    lines('text', rows, (frame) => frame.audience[0]),
    lines('text', rows, (frame) => frame.audience[1]),
    lines('timestamptz', rows, (frame) => frame.date),
    lines('text', rows, (frame) => frame.text),
  ],
});
