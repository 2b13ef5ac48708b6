import type { Insertable } from 'kysely';
import { type Cursor, formatCursor } from '../protocol/cursor.ts';
import { type EventFrame, eventText } from '../protocol/server-frames.ts';
import type {
  BlocksTable,
  ChatsTable,
  MessagesTable,
  ReadMarkersTable,
  UsersTable,
} from '../read-models/tables.ts';

/** What a batch of events does to the read models: at most one change per row, so that order within is settled. */
export interface Changes {
  /** The identity of the log that the events are from. */
  readonly log: string;
  readonly users: Insertable<UsersTable>[];
  /** Users more for each beginning of a name. */
  readonly prefixes: Map<string, number>;
  /** Whole rows, as they are after the batch, by chat id. */
  readonly chats: Map<string, ChatsTable>;
  /** `order_position` of the chat that is first on a user's list, where it is another now, by user key. */
  readonly firsts: Map<string, bigint>;
  /** By position. */
  readonly messages: Map<bigint, Insertable<MessagesTable>>;
  /** By message id. */
  readonly likes: Map<string, boolean>;
  readonly markers: Insertable<ReadMarkersTable>[];
  /** By both keys. */
  readonly blocks: Map<string, BlocksTable & { readonly blocked: boolean }>;
  /** By user key. */
  readonly counters: Map<string, CounterChange>;
  readonly frames: FeedFrame[];
}

/** By how much each counter moves. */
export interface CounterChange {
  chats: number;
  unreadMessages: number;
  blockedUsers: number;
}

/** A frame in the feeds of two users, its text as all their tabs get it. */
export interface FeedFrame {
  readonly cursor: Cursor;
  readonly date: string;
  readonly text: string;
  /** User keys; twice the same for a frame to one user. */
  readonly audience: readonly [string, string];
}

export const noChanges = (log: string): Changes => ({
  log,
  users: [],
  prefixes: new Map(),
  chats: new Map(),
  firsts: new Map(),
  messages: new Map(),
  likes: new Map(),
  markers: [],
  blocks: new Map(),
  counters: new Map(),
  frames: [],
});

/** To be changed in place; zeros where the batch has moved nothing yet. */
export function countersOf(changes: Changes, userKey: string): CounterChange {
  const found = changes.counters.get(userKey);
  if (found) return found;
  const unchanged = { chats: 0, unreadMessages: 0, blockedUsers: 0 };
  changes.counters.set(userKey, unchanged);
  return unchanged;
}

/** Tells two users, or one twice, of an event, in the order in which frames are added. */
export function addFrame(
  { frames, log }: Changes,
  frame: EventFrame,
  { position, date, audience }: Pick<FeedFrame, 'date' | 'audience'> & { readonly position: bigint },
): void {
  const last = frames.at(-1)?.cursor;
  const ordinal = last?.position === position ? last.ordinal + 1 : 0;
  const cursor = { position, ordinal, log };
  frames.push({ cursor, date, text: eventText(frame, formatCursor(cursor)), audience });
}
