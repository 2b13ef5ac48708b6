import type { Selectable } from 'kysely';
import type { Database } from '../room.ts';
import { withDateOfEvent } from '../written-date.ts';
import type { AnnouncementExceptionsTable, InboxesTable, NotificationsTable } from './tables.ts';

/** Rows as a leader holds them: dates as events have them. */
export type Inbox = Readonly<Omit<InboxesTable, 'newest_date'> & { newest_date: string }>;
export type PersonalNotification = Readonly<Omit<Selectable<NotificationsTable>, 'date'> & { date: string }>;
export type AnnouncementException = Readonly<AnnouncementExceptionsTable>;

export async function readInboxes(database: Database, userKeys: readonly string[]): Promise<Inbox[]> {
  const { rows } = await database.query<Selectable<InboxesTable>>({
    name: 'inboxes',
    text: 'select * from inboxes where user_key = any($1::text[])',
    values: [userKeys],
  });
  return rows.map((row) => ({ ...row, newest_date: row.newest_date.toISOString() }));
}

/** A notification of one user, by the place of its cause. */
export interface NotificationPlace {
  readonly user_key: string;
  readonly position: bigint;
}

export async function readNotifications(
  database: Database,
  places: readonly NotificationPlace[],
): Promise<PersonalNotification[]> {
  const { rows } = await database.query<Selectable<NotificationsTable>>({
    name: 'notifications',
    text: `select n.* from ${PLACES} join notifications n using (user_key, position)`,
    values: valuesOf(places),
  });
  return rows.map(withDateOfEvent);
}

/** Where the notifications of these invitations stand, as far as they are listed. */
export async function readPositions(
  database: Database,
  invitationIds: readonly string[],
): Promise<{ invitation_id: string; position: bigint }[]> {
  const { rows } = await database.query<{ invitation_id: string; position: bigint }>({
    name: 'invitation_positions',
    text: 'select invitation_id, position from notifications where invitation_id = any($1::uuid[])',
    values: [invitationIds],
  });
  return rows;
}

/** Those beyond the place that were not read by themselves. */
export async function readUnreadBeyond(
  database: Database,
  places: readonly NotificationPlace[],
): Promise<PersonalNotification[]> {
  const { rows } = await database.query<Selectable<NotificationsTable>>({
    name: 'unread_beyond',
    text: `select n.* from ${PLACES}
      join notifications n on n.user_key = asked.user_key and n.position > asked.position and not n.is_read`,
    values: valuesOf(places),
  });
  return rows.map(withDateOfEvent);
}

export async function readExceptions(
  database: Database,
  places: readonly NotificationPlace[],
): Promise<AnnouncementException[]> {
  const { rows } = await database.query<AnnouncementExceptionsTable>({
    name: 'announcement_exceptions',
    text: `select e.* from ${PLACES} join announcement_exceptions e using (user_key, position)`,
    values: valuesOf(places),
  });
  return rows;
}

export async function readExceptionsBeyond(
  database: Database,
  places: readonly NotificationPlace[],
): Promise<AnnouncementException[]> {
  const { rows } = await database.query<AnnouncementExceptionsTable>({
    name: 'exceptions_beyond',
    text: `select e.* from ${PLACES}
      join announcement_exceptions e on e.user_key = asked.user_key and e.position > asked.position`,
    values: valuesOf(places),
  });
  return rows;
}

const PLACES = 'unnest($1::text[], $2::bigint[]) asked (user_key, position)';

const valuesOf = (places: readonly NotificationPlace[]) => [
  places.map(({ user_key }) => user_key),
  places.map(({ position }) => position),
];
