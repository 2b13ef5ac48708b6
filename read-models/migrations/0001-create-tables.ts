import { type Migration, sql } from 'kysely';

/**
 * Keys are compared byte by byte (collation C) whatever the database's own collation: faster, the same everywhere, and
 * what a search by prefix needs. Tables whose rows change get free room in their pages and are vacuumed early.
 */
export const createTables = (schema: string): Migration => ({
  async up(db) {
    await sql`set local search_path to ${sql.id(schema)}`.execute(db);
    await sql.raw(TABLES).execute(db);
  },
});

const TABLES = `
create table users (
  user_key text collate "C" primary key,
  username text not null,
  nickname text not null,
  nickname_key text collate "C" not null,
  avatar text not null,
  date_joined timestamptz not null,
  renamed boolean not null generated always as (nickname_key <> user_key) stored
);
create index users_by_nickname on users (nickname_key, user_key);
create index users_renamed on users (user_key) where renamed;

create table user_prefixes (
  prefix text collate "C" primary key,
  users integer not null
) with (fillfactor = 70);

create table user_counters (
  user_key text collate "C" primary key,
  chats integer not null default 0,
  unread_messages integer not null default 0,
  blocked_users integer not null default 0
) with (fillfactor = 50, autovacuum_vacuum_scale_factor = 0.05);

create table blocks (
  blocker_key text collate "C" not null,
  blocked_key text collate "C" not null,
  primary key (blocker_key, blocked_key)
);
create index blocks_by_blocked on blocks (blocked_key, blocker_key);

create table chats (
  chat_id uuid primary key,
  user_a text collate "C" not null,
  user_b text collate "C" not null,
  sent_a integer not null,
  sent_b integer not null,
  read_a integer not null,
  read_b integer not null,
  last_position bigint not null,
  order_position bigint not null
) with (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.05);
create index chats_of_a on chats (user_a, order_position desc, chat_id desc);
create index chats_of_b on chats (user_b, order_position desc, chat_id desc);

create table messages (
  chat_id uuid not null,
  position bigint not null,
  message_id uuid not null,
  sender_key text not null,
  number integer not null,
  content text not null,
  date timestamptz not null,
  primary key (chat_id, position)
);

create table likes (message_id uuid primary key);

create table read_markers (
  chat_id uuid not null,
  reader_key text collate "C" not null,
  position bigint not null,
  date timestamptz not null,
  primary key (chat_id, reader_key, position)
);

create table feed (
  position bigint not null,
  ordinal smallint not null,
  user_a text collate "C" not null,
  user_b text collate "C" not null,
  date timestamptz not null,
  text text not null,
  primary key (position, ordinal)
);
create index feed_of_a on feed (user_a, position, ordinal);
create index feed_of_b on feed (user_b, position, ordinal);

create table checkpoints (
  projection text primary key default 'all' check (projection = 'all'),
  position bigint not null,
  epoch bigint not null,
  published bigint not null,
  feed_floor bigint not null,
  filled boolean not null default false
) with (fillfactor = 10);
insert into checkpoints (position, epoch, published, feed_floor) values (-1, extract(epoch from now())::bigint, -1, -1);

create table parked_events (
  position bigint primary key,
  stream text not null,
  type text not null,
  reason text not null,
  parked_at timestamptz not null default now()
);
`;
