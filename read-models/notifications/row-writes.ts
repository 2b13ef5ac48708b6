import { booleans, lines, numbers, optionalLines } from '../columns.ts';
import type { TableWrite } from '../room.ts';
import type { AnnouncementException, Inbox, NotificationPlace, PersonalNotification } from './row-reads.ts';

export const upsertInboxes = (rows: readonly Inbox[]): TableWrite => ({
  name: 'inboxes',
  sql: `insert into inboxes (user_key, listed, unread, marked_up_to, newest_date)
    select r.* from fence, :rows r
    on conflict (user_key) do update set listed = excluded.listed, unread = excluded.unread,
      marked_up_to = excluded.marked_up_to, newest_date = excluded.newest_date`,
  rows: rows.length,
  columns: [
    lines('text', rows, (row) => row.user_key),
    numbers('integer', rows, (row) => row.listed),
    numbers('integer', rows, (row) => row.unread),
    numbers('bigint', rows, (row) => row.marked_up_to),
    lines('timestamptz', rows, (row) => row.newest_date),
  ],
});

export const upsertNotifications = (rows: readonly PersonalNotification[]): TableWrite => ({
  name: 'notifications',
  sql: `insert into notifications (user_key, position, id, actor_key, date, is_read, invitation_id, options)
    select r.* from fence, :rows r
    on conflict (user_key, position) do update set is_read = excluded.is_read`,
  rows: rows.length,
  columns: [
    lines('text', rows, (row) => row.user_key),
    numbers('bigint', rows, (row) => row.position),
    lines('uuid', rows, (row) => row.id),
    lines('text', rows, (row) => row.actor_key),
    lines('timestamptz', rows, (row) => row.date),
    booleans(rows, (row) => row.is_read),
    optionalLines('uuid', rows, (row) => row.invitation_id),
    optionalLines('jsonb', rows, (row) => row.options && JSON.stringify(row.options)),
  ],
});

export const deleteNotifications = (places: readonly NotificationPlace[]): TableWrite => ({
  name: 'notifications_ended',
  sql: `delete from notifications n using fence, :rows r (user_key, position)
    where (n.user_key, n.position) = (r.user_key, r.position)`,
  rows: places.length,
  columns: [
    lines('text', places, ({ user_key }) => user_key),
    numbers('bigint', places, ({ position }) => position),
  ],
});

export const insertExceptions = (rows: readonly AnnouncementException[]): TableWrite => ({
  name: 'announcement_exceptions',
  sql: 'insert into announcement_exceptions (user_key, position, is_listed) select r.* from fence, :rows r',
  rows: rows.length,
  columns: [
    lines('text', rows, (row) => row.user_key),
    numbers('bigint', rows, (row) => row.position),
    booleans(rows, (row) => row.is_listed),
  ],
});

export const deleteExceptions = (positions: readonly bigint[]): TableWrite => ({
  name: 'announcement_exceptions_closed',
  sql: `delete from announcement_exceptions e using fence, :rows r (position) where e.position = r.position`,
  rows: positions.length,
  columns: [numbers('bigint', positions, (position) => position)],
});
