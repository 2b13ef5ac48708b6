import type { ColumnType } from 'kysely';
import type { GameOptions } from '../../domain/game-options.ts';
import type { WrittenDate } from '../written-date.ts';

export interface NotificationsTables {
  inboxes: InboxesTable;
  notifications: NotificationsTable;
  announcement_exceptions: AnnouncementExceptionsTable;
}

/**
 * A row for each user who was notified of something personal, or has marked all as read; and `EVERYONES`, for announcements. What
 * is counted here are personal notifications.
 */
export interface InboxesTable {
  user_key: string;
  listed: number;
  unread: number;
  /** Whatever came up to this place of the log is read, announcements too; `NOTHING_MARKED`: nothing by that. */
  marked_up_to: bigint;
  /** Nothing that has come so far has a later date. Dates need not grow with places, as services have clocks of their own. */
  newest_date: WrittenDate;
}

/** In no name. */
export const EVERYONES = '*';

export const NOTHING_MARKED = -1n;

/** Personal ones that are listed: a row for each, of an invitation while that is pending. It is read when it was read by itself, or when all up to its place was. */
export interface NotificationsTable {
  user_key: string;
  /** Of its cause. */
  position: bigint;
  id: string;
  /** Who has caused it: has added the user as a friend, or has sent the invitation. */
  actor_key: string;
  date: WrittenDate;
  /** By itself. */
  is_read: boolean;
  /** Of an invitation, as are its options; null: it is about something else. */
  invitation_id: string | null;
  /** Goes in as JSON. */
  options: ColumnType<GameOptions | null, string | null, never>;
}

/**
 * To whom an open announcement is not what it is to everybody else: who has read it by itself, and, not listed, its creator and those who
 * blocked the creator when it was made. Once it is closed nobody has it, and these rows are gone. Each index by position has the user as
 * well: in whichever a row is looked up, it is found at once, however many have read the announcement.
 */
export interface AnnouncementExceptionsTable {
  user_key: string;
  /** Of the announcement. */
  position: bigint;
  is_listed: boolean;
}

export const CREATE_NOTIFICATIONS = `
create table inboxes (
  user_key text collate "C" primary key,
  listed integer not null,
  unread integer not null,
  marked_up_to bigint not null,
  newest_date timestamptz not null
) with (fillfactor = 50, autovacuum_vacuum_scale_factor = 0.05);

create table notifications (
  user_key text collate "C" not null,
  position bigint not null,
  id uuid not null,
  actor_key text collate "C" not null,
  date timestamptz not null,
  is_read boolean not null,
  invitation_id uuid,
  options jsonb,
  primary key (user_key, position)
) with (fillfactor = 90);
create index notifications_unread on notifications (user_key, position) where not is_read;
create index notifications_read on notifications (user_key, position) where is_read;
create index notifications_invitation on notifications (invitation_id) where invitation_id is not null;

create table announcement_exceptions (
  user_key text collate "C" not null,
  position bigint not null,
  is_listed boolean not null,
  primary key (user_key, position)
);
create index announcement_exceptions_listed on announcement_exceptions (user_key, is_listed, position);
create index announcement_exceptions_by_position on announcement_exceptions (position, user_key);
`;
