import { type Expression, expressionBuilder, type Kysely, sql } from 'kysely';
import type { NotificationFilter } from '../../protocol/http-requests.ts';
import type { ReadTables } from '../tables.ts';
import { openBeyond } from '../tournaments/open-tree.ts';
import type { UsersTable } from '../users/tables.ts';
import { NOTHING_MARKED } from './tables.ts';

/** A user whose notifications are asked for. */
interface Reader extends Pick<UsersTable, 'user_key' | 'username' | 'nickname' | 'avatar' | 'is_online'> {
  /** Where the user signed up: announcements from before are not for this user. */
  since: bigint;
  /** Personal ones. */
  listed: number;
  unread: number;
  marked_up_to: bigint;
  /** No announcement up to here is unread: it is marked as read, or not for this user. */
  read_up_to: bigint;
}

/** A query over the one `reader`. */
export type ReaderTables = ReadTables & { reader: Reader };

const { selectFrom, ref } = expressionBuilder<ReaderTables, 'reader'>();

/** None when nobody has this key. */
export const readerOf = (db: Kysely<ReadTables>, key: Expression<string>) =>
  db
    .selectFrom('users')
    .leftJoin('inboxes', 'inboxes.user_key', 'users.user_key')
    .where('users.user_key', '=', key)
    .select(['users.user_key', 'users.username', 'users.nickname', 'users.avatar', 'users.is_online'])
    .select((eb) => [
      'users.registered_position as since',
      eb.fn.coalesce('inboxes.listed', sql.lit(0)).as('listed'),
      eb.fn.coalesce('inboxes.unread', sql.lit(0)).as('unread'),
      eb.fn
        .coalesce('inboxes.marked_up_to', sql<bigint>`${sql.lit(NOTHING_MARKED)}::bigint`)
        .as('marked_up_to'),
      sql<bigint>`greatest(users.registered_position, inboxes.marked_up_to)`.as('read_up_to'),
    ])
    .as('reader');

/** Of open announcements, as those of closed ones are gone. */
const exceptions = () =>
  selectFrom('announcement_exceptions as excepted')
    .whereRef('excepted.user_key', '=', 'reader.user_key')
    .select(sql<number>`count(*)::integer`.as('exceptions'));

const notListed = exceptions().where('excepted.is_listed', '=', sql.lit(false));

const notUnread = exceptions().whereRef('excepted.position', '>', 'reader.read_up_to');

/** Rows are counted of exceptions alone, which are fewer than open announcements. */
const listedCount = sql<number>`(reader.listed + ${openBeyond(ref('reader.since'))} - ${notListed})`;

export const unreadCount = sql<number>`(reader.unread + ${openBeyond(ref('reader.read_up_to'))} - ${notUnread})`;

const COUNTS = { all: listedCount, unread: unreadCount, read: sql<number>`${listedCount} - ${unreadCount}` };

/** How many the filter lets through. The offset has it counted once, and not for each row. */
export const counted = (db: Kysely<ReadTables>, filter: NotificationFilter) =>
  db.selectNoFrom(COUNTS[filter].as('count')).offset(sql.lit(0)).as('counted');
