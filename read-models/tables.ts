import type { ColumnType, Generated, GeneratedAlways } from 'kysely';

/**
 * The rows behind the queries; only the projection service writes them. A `key` is a username in lower case.
 * A row costs its write and that of each index, at every message: hence few indexes, and rows that are not updated.
 */
export interface ReadTables {
  users: UsersTable;
  user_prefixes: UserPrefixesTable;
  user_counters: UserCountersTable;
  blocks: BlocksTable;
  chats: ChatsTable;
  messages: MessagesTable;
  likes: LikesTable;
  read_markers: ReadMarkersTable;
  feed: FeedTable;
  checkpoints: CheckpointsTable;
  lease: LeaseTable;
  parked_events: ParkedEventsTable;
}

/** Comes in as events have it, ISO 8601. */
type WrittenDate = ColumnType<Date, string, never>;

export interface UsersTable {
  user_key: string;
  username: string;
  nickname: string;
  /** The nickname in lower case: what is searched and sorted by. */
  nickname_key: string;
  avatar: string;
  date_joined: WrittenDate;
  /** The nickname is another than the username: only then a search by username finds more. */
  renamed: GeneratedAlways<boolean>;
}

/** How many users a search finds, kept so that no search counts rows: a row for each beginning of a name. */
export interface UserPrefixesTable {
  prefix: string;
  users: number;
}

/** Narrow and without further indexes, so that updates stay within the page. */
export interface UserCountersTable {
  user_key: string;
  chats: number;
  unread_messages: number;
  blocked_users: number;
}

export interface BlocksTable {
  blocker_key: string;
  blocked_key: string;
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
  /** Of the newest message; -1: none yet. */
  last_position: bigint;
  /**
   * Puts each user's chats in the same order as `last_position`, but stays as it is while the chat is first for both:
   * it is indexed, and changes seldom. -1: no message yet.
   */
  order_position: bigint;
}

/** Never updated. */
export interface MessagesTable {
  chat_id: string;
  position: bigint;
  message_id: string;
  sender_key: string;
  /** Its number among the sender's in this chat, from 1: what makes unread counts exact without counting. */
  number: number;
  content: string;
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

/**
 * What users were sent, text as tabs got it: a row per frame, of two users in any order, or of one twice. Old rows are
 * trimmed; see `checkpoints.feed_floor`.
 */
export interface FeedTable {
  position: bigint;
  ordinal: number;
  user_a: string;
  user_b: string;
  date: WrittenDate;
  text: string;
}

/** One row. */
export interface CheckpointsTable {
  projection: GeneratedAlways<string>;
  /** The log has been projected up to here; -1: not at all. */
  position: bigint;
  /**
   * Raised by whoever takes over the projecting; writes of an earlier one then do nothing. It begins with the time, in seconds, so
   * that tables which were dropped and made anew do not begin below what gateways have seen.
   */
  epoch: bigint;
  /** Pushes up to here have certainly been published; those of later events perhaps not. */
  published: bigint;
  /** Feed rows up to here may be gone. */
  feed_floor: bigint;
  /** They have been at the end of the log once; before that they lack what was said long ago, and nobody is told. */
  filled: boolean;
  /** The identity of the log that they follow; null: none yet, or one from before logs had any. */
  log: string | null;
  /** The last event that has been projected; null: none, or one from before this was kept. */
  last_event_position: bigint | null;
  last_event_id: string | null;
}

/** One row. */
export interface LeaseTable {
  projection: GeneratedAlways<string>;
  /** Counted up by whoever projects, for as long as it can. */
  beat: bigint;
}

/** Events that could not be applied, for an operator. */
export interface ParkedEventsTable {
  position: bigint;
  stream: string;
  type: string;
  reason: string;
  parked_at: Generated<Date>;
}
