import { type Expression, expressionBuilder, type Kysely, sql } from 'kysely';
import type { MessageResource } from '../../protocol/http-resources.ts';
import { isBlocked, isThere } from '../relationships/stance.ts';
import type { ReadTables } from '../tables.ts';
import type { UsersTable } from '../users/tables.ts';
import { isoDate } from '../written-date.ts';
import type { ChatsTable, MessagesTable } from './tables.ts';

/** A query over chats `c` with the rows of both participants, the caller, `me`, and the `other`; perhaps with messages `m`. */
type ChatTables = ReadTables & { c: ChatsTable; me: UsersTable; other: UsersTable; m: MessagesTable };

const { selectFrom, ref } = expressionBuilder<ChatTables, 'c' | 'me' | 'other' | 'm'>();

/** The row of the chat with both participants', none when there is no such chat. */
export const oneChat = (
  db: Kysely<ReadTables>,
  keys: { readonly [Key in 'chatId' | 'caller' | 'other']: Expression<string> },
) =>
  db
    .selectFrom('chats as c')
    .innerJoin('users as me', (join) => join.on('me.user_key', '=', keys.caller))
    .innerJoin('users as other', (join) => join.on('other.user_key', '=', keys.other))
    .where('c.chat_id', '=', keys.chatId);

/** All of the chat's, to be cut to what is wanted and joined to its row as `m`. */
export const newestMessages = () =>
  selectFrom('messages')
    .selectAll()
    .whereRef('messages.chat_id', '=', 'c.chat_id')
    .orderBy('messages.position', 'desc');

/** The blocks between the two, as the caller sees them. */
export const blockColumns = [
  isBlocked(ref('me.user_key'), ref('other.user_key')).as('is_blocked_user'),
  isBlocked(ref('other.user_key'), ref('me.user_key')).as('is_blocked_by_user'),
] as const;

/** The other's messages that the caller has not read. */
export const unreadCount = sql<number>`case c.user_a when me.user_key then c.sent_b - c.read_a else c.sent_a - c.read_b end`;

const reader = sql<string>`case m.sender_key when me.user_key then other.user_key else me.user_key end`;

/** A `MessageRow`: what the contract says of a message. */
export const messageColumns = [
  sql<string | null>`m.message_id`.as('id'),
  sql<string | null>`m.content`.as('content'),
  isoDate('m.date').as('date'),
  sql<string>`case m.sender_key when me.user_key then me.username else other.username end`.as('sender'),
  isThere(selectFrom('likes').whereRef('likes.message_id', '=', 'm.message_id')).as('is_liked'),
  selectFrom('read_markers as marker')
    .select(isoDate('marker.date').as('date'))
    .whereRef('marker.chat_id', '=', 'm.chat_id')
    .where('marker.reader_key', '=', reader)
    .whereRef('marker.position', '>=', 'm.position')
    .orderBy('marker.position')
    .limit(sql.lit(1))
    .as('read_at'),
] as const;

/** What `messageColumns` select by a left join: nulls where there is no message. */
interface MessageRow {
  readonly id: string | null;
  readonly content: string | null;
  readonly date: string;
  readonly sender: string;
  readonly is_liked: boolean;
  readonly read_at: string | null;
}

export function toMessage(row: MessageRow): MessageResource | null {
  const { id, content, date, sender, is_liked, read_at } = row;
  if (id === null || content === null) return null;
  return { id, content, date, sender, is_read: read_at !== null, is_liked, read_at };
}
