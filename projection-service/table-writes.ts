import type { Changes } from './changes.ts';

/** A part of the one statement: writes rows given column by column, but only where there is a row in `fence`. */
export interface TableWrite {
  /** Short: the names together name the prepared statement, of at most 63 characters. */
  readonly name: string;
  /** Each question mark stands for the next column, an array. */
  readonly sql: string;
  readonly columns: readonly (readonly unknown[])[];
}

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
  ].filter(({ columns: [first] }) => first && first.length > 0);

function users({ users: rows }: Changes): TableWrite {
  return {
    name: 'usr',
    sql: `insert into users (user_key, username, nickname, nickname_key, avatar, date_joined)
      select r.* from fence, unnest(?::text[], ?::text[], ?::text[], ?::text[], ?::text[], ?::timestamptz[]) r`,
    columns: [
      rows.map((row) => row.user_key),
      rows.map((row) => row.username),
      rows.map((row) => row.nickname),
      rows.map((row) => row.nickname_key),
      rows.map((row) => row.avatar),
      rows.map((row) => row.date_joined),
    ],
  };
}

const prefixes = (changes: Changes): TableWrite => ({
  name: 'pre',
  sql: `insert into user_prefixes as old (prefix, users)
    select r.* from fence, unnest(?::text[], ?::integer[]) r
    on conflict (prefix) do update set users = old.users + excluded.users`,
  columns: [[...changes.prefixes.keys()], [...changes.prefixes.values()]],
});

function counters(changes: Changes): TableWrite {
  const rows = [...changes.counters.values()];
  return {
    name: 'cnt',
    sql: `insert into user_counters as old (user_key, chats, unread_messages, blocked_users)
      select r.* from fence, unnest(?::text[], ?::integer[], ?::integer[], ?::integer[]) r
      on conflict (user_key) do update set
        chats = old.chats + excluded.chats,
        unread_messages = old.unread_messages + excluded.unread_messages,
        blocked_users = old.blocked_users + excluded.blocked_users`,
    columns: [
      [...changes.counters.keys()],
      rows.map((row) => row.chats),
      rows.map((row) => row.unreadMessages),
      rows.map((row) => row.blockedUsers),
    ],
  };
}

function chats(changes: Changes): TableWrite {
  const rows = [...changes.chats.values()];
  return {
    name: 'cht',
    sql: `insert into chats (chat_id, user_a, user_b, sent_a, sent_b, read_a, read_b, last_position)
      select r.* from fence, unnest(?::uuid[], ?::text[], ?::text[], ?::integer[], ?::integer[], ?::integer[],
        ?::integer[], ?::bigint[]) r
      on conflict (chat_id) do update set sent_a = excluded.sent_a, sent_b = excluded.sent_b,
        read_a = excluded.read_a, read_b = excluded.read_b, last_position = excluded.last_position`,
    columns: [
      rows.map((row) => row.chat_id),
      rows.map((row) => row.user_a),
      rows.map((row) => row.user_b),
      rows.map((row) => row.sent_a),
      rows.map((row) => row.sent_b),
      rows.map((row) => row.read_a),
      rows.map((row) => row.read_b),
      rows.map((row) => row.last_position),
    ],
  };
}

function messages(changes: Changes): TableWrite {
  const rows = [...changes.messages.values()];
  return {
    name: 'msg',
    sql: `insert into messages (chat_id, position, message_id, sender_key, number, content, date)
      select r.* from fence, unnest(?::uuid[], ?::bigint[], ?::uuid[], ?::text[], ?::integer[], ?::text[],
        ?::timestamptz[]) r`,
    columns: [
      rows.map((row) => row.chat_id),
      rows.map((row) => row.position),
      rows.map((row) => row.message_id),
      rows.map((row) => row.sender_key),
      rows.map((row) => row.number),
      rows.map((row) => row.content),
      rows.map((row) => row.date),
    ],
  };
}

/** A message liked and unliked within one batch may have no row to take away. */
function likes(changes: Changes, liked: boolean): TableWrite {
  const ids = [...changes.likes].filter(([, is]) => is === liked).map(([id]) => id);
  return {
    name: liked ? 'lik' : 'unl',
    sql: liked
      ? `insert into likes (message_id) select r.* from fence, unnest(?::uuid[]) r on conflict do nothing`
      : `delete from likes using fence, unnest(?::uuid[]) r (id) where message_id = r.id`,
    columns: [ids],
  };
}

const markers = ({ markers: rows }: Changes): TableWrite => ({
  name: 'mrk',
  sql: `insert into read_markers (chat_id, reader_key, position, date)
    select r.* from fence, unnest(?::uuid[], ?::text[], ?::bigint[], ?::timestamptz[]) r`,
  columns: [
    rows.map((row) => row.chat_id),
    rows.map((row) => row.reader_key),
    rows.map((row) => row.position),
    rows.map((row) => row.date),
  ],
});

function blocks(changes: Changes, blocked: boolean): TableWrite {
  const rows = [...changes.blocks.values()].filter((row) => row.blocked === blocked);
  return {
    name: blocked ? 'blk' : 'ubl',
    sql: blocked
      ? `insert into blocks (blocker_key, blocked_key)
        select r.* from fence, unnest(?::text[], ?::text[]) r on conflict do nothing`
      : `delete from blocks b using fence, unnest(?::text[], ?::text[]) r (blocker_key, blocked_key)
        where b.blocker_key = r.blocker_key and b.blocked_key = r.blocked_key`,
    columns: [rows.map((row) => row.blocker_key), rows.map((row) => row.blocked_key)],
  };
}

const feed = ({ frames }: Changes): TableWrite => ({
  name: 'fed',
  sql: `insert into feed (position, ordinal, user_a, user_b, date, text)
    select r.* from fence, unnest(?::bigint[], ?::smallint[], ?::text[], ?::text[], ?::timestamptz[], ?::text[]) r`,
  columns: [
    frames.map((frame) => frame.cursor.position),
    frames.map((frame) => frame.cursor.ordinal),
    frames.map((frame) => frame.audience[0]),
    frames.map((frame) => frame.audience[1]),
    frames.map((frame) => frame.date),
    frames.map((frame) => frame.text),
  ],
});
