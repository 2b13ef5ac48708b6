import type { Cursor } from '../protocol/cursor.ts';
import type {
  ChatPreview,
  MessageResource,
  OpenedChat,
  Page,
  PageRequest,
  PresenceProfile,
  Profile,
  Self,
  UserDetails,
} from '../protocol/http-resources.ts';
import type { Push } from '../protocol/pushes.ts';

/** What a tab missed, in one snapshot. */
export type Missed = MissedUpTo &
  /** All after the asked cursor, in order. */
  (
    | { readonly outcome: 'complete'; readonly pushes: readonly Push[] }
    /** Too much, too long ago, or never given out: the tab has to reload. */
    | { readonly outcome: 'incomplete' }
  );

interface MissedUpTo {
  /** Everything up to there is in the answer, or can be read from the other queries. */
  readonly upTo: Cursor;
  /** See `checkpoints.epoch`. */
  readonly epoch: bigint;
}

/**
 * The queries. Usernames in any case; null where the asked thing is not there for this caller.
 *
 * Each answer is one snapshot. None costs more as history, chats or users grow; a page costs more the larger its
 * `offset` (some microseconds a row, at most `OFFSET_LIMIT`), a search the more users block the caller.
 * An unreachable database, or one whose read models have not been filled yet, rejects with `ReadModelsUnavailable`.
 */
export interface ReadModels {
  self(username: string): Promise<Self | null>;
  /**
   * Those whose nickname or username starts with `search`, without those who block the caller. Of those found by their
   * username alone, only the first 1,000 are listed.
   */
  searchUsers(caller: string, search: string, page: PageRequest): Promise<Page<PresenceProfile>>;
  /** null also when that user blocks the caller. */
  user(caller: string, username: string): Promise<UserDetails | null>;
  /** null also when that user blocks the caller, unless the caller, too, blocks that user and sees it in the own list. */
  profile(caller: string, username: string): Promise<Profile | null>;
  blockedUsers(caller: string, page: PageRequest): Promise<Page<PresenceProfile>>;
  chats(caller: string, page: PageRequest): Promise<Page<ChatPreview>>;
  openedChat(caller: string, other: string): Promise<OpenedChat | null>;
  /** Of the chat with `other`, newest first; null when there is none. */
  messages(caller: string, other: string, page: PageRequest): Promise<Page<MessageResource> | null>;
  /** What `username` was sent after `after`, if at most `limit` pushes; null asks only where the feed ends. */
  missed(username: string, after: Cursor | null, limit: number): Promise<Missed>;
  /** The read models have seen the log up to here; -1n: nothing yet. */
  projectedPosition(): Promise<bigint>;
}

/** `before` is not a cursor that this list ever gave out. */
export class InvalidPageCursor extends Error {
  override readonly name = 'InvalidPageCursor';
}

/** Its message says why, for an operator. */
export class ReadModelsUnavailable extends Error {
  override readonly name = 'ReadModelsUnavailable';
}
