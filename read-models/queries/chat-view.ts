import { type Expression, type ExpressionBuilder, type Kysely, type SelectQueryBuilder, sql } from 'kysely';
import { isoDate } from '../iso-date.ts';
import type { ChatsTable, ReadTables, UsersTable } from '../tables.ts';

/** A query over chats `c` with the rows of both participants: the caller, `me`, and the `other`. */
type ChatTables = ReadTables & { c: ChatsTable; me: UsersTable; other: UsersTable };
type InChat = ExpressionBuilder<ChatTables, 'c' | 'me' | 'other'>;

/** `chatId`'s row with both participants', none when there is no such chat. */
export const oneChat = (db: Kysely<ReadTables>, chatId: string, caller: string, other: string) =>
  db
    .selectFrom('chats as c')
    .innerJoin('users as me', (join) => join.on('me.user_key', '=', caller))
    .innerJoin('users as other', (join) => join.on('other.user_key', '=', other))
    .where('c.chat_id', '=', chatId);

/** The other's profile and the blocks between the two, as the caller sees them. */
export const headerColumns = (eb: InChat) =>
  [
    'c.chat_id',
    'other.username',
    'other.nickname',
    'other.avatar',
    blocks(eb, 'me', 'other').as('is_blocked_user'),
    blocks(eb, 'other', 'me').as('is_blocked_by_user'),
  ] as const;

const blocks = (eb: InChat, blocker: 'me' | 'other', blocked: 'me' | 'other') =>
  isThere(
    eb
      .selectFrom('blocks')
      .whereRef('blocker_key', '=', `${blocker}.user_key`)
      .whereRef('blocked_key', '=', `${blocked}.user_key`),
  );

/** The other's messages that the caller has not read. */
export const unreadCount = sql<number>`case c.user_a when me.user_key then c.sent_b - c.read_a else c.sent_a - c.read_b end`;

type OfMessages = SelectQueryBuilder<ChatTables, 'c' | 'me' | 'other' | 'messages', object>;

/**
 * Those of the chat's messages that `choose` picks, newest first, in the shape of the contract and with their `place`
 * in the log. What belongs to a message is looked up for the picked ones only.
 */
export const messagesOf = (eb: InChat, choose: (messages: OfMessages) => OfMessages) =>
  eb
    .selectFrom(
      choose(eb.selectFrom('messages').whereRef('messages.chat_id', '=', 'c.chat_id'))
        .selectAll('messages')
        .as('m'),
    )
    .select((of) => [
      sql<string>`m.position::text`.as('place'),
      'm.message_id as id',
      'm.content',
      isoDate('m.date').as('date'),
      sql<string>`case m.sender_key when me.user_key then me.username else other.username end`.as('sender'),
      isThere(of.selectFrom('likes').whereRef('likes.message_id', '=', 'm.message_id')).as('is_liked'),
      of
        .selectFrom('read_markers as marker')
        .select(isoDate('marker.date').as('date'))
        .whereRef('marker.chat_id', '=', 'm.chat_id')
        .where('marker.reader_key', '=', reader)
        .whereRef('marker.position', '>=', 'm.position')
        .orderBy('marker.position')
        .limit(1)
        .as('read_at'),
    ])
    .orderBy('m.position', 'desc');

const reader = sql<string>`case m.sender_key when me.user_key then other.user_key else me.user_key end`;

/** `exists`, but always looked up row by row: a plan for any number of rows would hash the whole table. */
const isThere = (rows: Expression<unknown>) =>
  sql<boolean>`(select true from ${rows} found limit 1) is not null`;
