import type { WrittenDate } from '../written-date.ts';

export interface ChatsTables {
  chats: ChatsTable;
  messages: MessagesTable;
  likes: LikesTable;
  read_markers: ReadMarkersTable;
}

/**
 * One row per pair; `a` is the smaller key. `sent_a`: how many messages a has sent; `read_a`: how many of b's messages
 * a has read, so that `sent_b - read_a` are unread.
 */
export interface ChatsTable {
  chat_id: string;
  user_a: string;
  user_b: string;
  sent_a: number;
  sent_b: number;
  read_a: number;
  read_b: number;
  /** Of the newest message; `NO_MESSAGES`: none yet. */
  last_position: bigint;
  /**
   * Puts each user's chats in the same order as `last_position`, but stays as it is while the chat is first for both:
   * it is indexed, and changes seldom. `NO_MESSAGES`: none yet.
   */
  order_position: bigint;
}

/** The position and the order of all chats without messages, so that being first among them means nothing. */
export const NO_MESSAGES = -1n;

/** Never updated, but when their sender is erased: then content and timestamp are empty. */
export interface MessagesTable {
  chat_id: string;
  position: bigint;
  message_id: string;
  sender_key: string;
  /** Its number among the sender's in this chat, from 1: what makes unread counts exact without counting. */
  number: number;
  content: string;
  /** The sending client's own. */
  timestamp: string;
  date: WrittenDate;
}

export interface LikesTable {
  message_id: string;
}

/** Every marker there ever was: a message was read at the first one at or after it. */
export interface ReadMarkersTable {
  chat_id: string;
  reader_key: string;
  position: bigint;
  date: WrittenDate;
}

export const CREATE_CHATS = `
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
  timestamp text not null,
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
`;
