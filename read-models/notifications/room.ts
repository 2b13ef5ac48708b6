import { referenceTo } from '../../platform/event-store/event-reference.ts';
import type { EventFrame } from '../../protocol/server-frames.ts';
import { relationships } from '../relationships/room.ts';
import { defineRoom, type Out, placeIn, type Recorded, UnprojectableEvent } from '../room.ts';
import { tournaments } from '../tournaments/room.ts';
import type { KnownTournament } from '../tournaments/row-reads.ts';
import { userKey } from '../user-key.ts';
import { users } from '../users/room.ts';
import { invitationDetails } from './invitation-details.ts';
import type { NotificationPlace, PersonalNotification } from './row-reads.ts';
import { NotificationRows } from './rows.ts';
import { CREATE_NOTIFICATIONS, EVERYONES } from './tables.ts';

/** `remembered`: how many rows, where it is not as many as usual. */
export const notificationsRoom = (
  remembered?: ConstructorParameters<typeof NotificationRows>[1],
  needs = { users, relationships, tournaments },
) =>
  defineRoom({
    name: 'notifications',
    tables: ['inboxes', 'notifications', 'announcement_exceptions'],
    needs,
    readBy: ['notifications_read', 'announcement_exceptions_listed'],
    migrations: { 'notifications-1-create': CREATE_NOTIFICATIONS },
    open: (before) => new NotificationRows(before, remembered),
    project: {
      FriendAdded: notifyFriend,
      InviteSent: notifyInvitee,
      InviteAccepted: endInvitation('accepted'),
      InviteDeclined: endInvitation('declined'),
      InviteCancelled: endInvitation('cancelled'),
      InviteExpired: endInvitation('expired'),
      TournamentCreated: announce,
      TournamentClosed: closeAnnouncement,
      NotificationRead: markRead,
      AllNotificationsRead: markAllRead,
    },
  });

export const notifications = notificationsRoom();

function notifyFriend(rows: NotificationRows, recorded: Recorded<'FriendAdded'>, out: Out): void {
  const { adder, friend, isNews, date } = recorded.event.data;
  if (!isNews) return;
  const [actor_key, user_key] = [userKey(adder), userKey(friend)];
  const [id, profile] = [referenceTo(recorded), rows.before.users.profileInEvent(actor_key)];
  notify(rows, {
    user_key,
    position: recorded.position,
    id,
    actor_key,
    date,
    invitation_id: null,
    options: null,
  });
  out.frame({ users: [user_key] }, { action: 'new_friend', data: { id, ...profile, date } });
}

function notifyInvitee(rows: NotificationRows, recorded: Recorded<'InviteSent'>, out: Out): void {
  const { position, event } = recorded;
  const { invitationId, inviter, invitee, options, date } = event.data;
  const [id, actor_key, user_key] = [referenceTo(recorded), userKey(inviter), userKey(invitee)];
  const { users } = rows.before;
  const details = invitationDetails(users.profileInEvent(actor_key), users.profileInEvent(user_key), {
    invitationId,
    options,
    date,
  });
  notify(rows, { user_key, position, id, actor_key, date, invitation_id: invitationId, options });
  out.frame({ users: [user_key] }, { action: 'game_invite', data: { id, ...details } });
}

function notify(rows: NotificationRows, notification: Omit<PersonalNotification, 'is_read'>): void {
  const { user_key, date } = notification;
  const inbox = rows.inbox(user_key);
  rows.setNotification({ ...notification, is_read: false });
  rows.setInbox({
    ...inbox,
    listed: inbox.listed + 1,
    unread: inbox.unread + 1,
    newest_date: latest(inbox.newest_date, date),
  });
}

type InviteEnd = 'InviteAccepted' | 'InviteDeclined' | 'InviteCancelled' | 'InviteExpired';

/** It is on the invitee's list no more, nor in the counts. */
function endInvitation(status: NonNullable<NotificationChange['status']>) {
  return (rows: NotificationRows, { event }: Recorded<InviteEnd>, out: Out): void => {
    const user_key = userKey(event.data.invitee);
    const notification = rows.notificationOf(event.data.invitationId, user_key);
    if (!notification) throw new UnprojectableEvent('of an invitation that is not pending');
    const { id, is_read, position } = notification;
    const inbox = rows.inbox(user_key);
    const isUnread = !is_read && position > inbox.marked_up_to;
    rows.removeNotification(notification);
    rows.setInbox({ ...inbox, listed: inbox.listed - 1, unread: inbox.unread - (isUnread ? 1 : 0) });
    out.frame({ users: [user_key] }, { action: 'notification_updated', data: { id, status } });
  };
}

/** To everyone but the creator, who knows, and those who block the creator: in one order, so that a rebuild makes the same row. */
function announce(rows: NotificationRows, recorded: Recorded<'TournamentCreated'>, out: Out): void {
  const { event, position } = recorded;
  const { tournamentId, name, alias, creator, date } = event.data;
  const creatorKey = userKey(creator);
  const [id, profile, everyones] = [
    referenceTo(recorded),
    rows.before.users.profileInEvent(creatorKey),
    rows.inbox(EVERYONES),
  ];
  const excepted = [creatorKey, ...rows.before.relationships.blockersOf(creatorKey)].sort();
  for (const user_key of excepted) rows.except({ user_key, position, is_listed: false });
  rows.setInbox({ ...everyones, newest_date: latest(everyones.newest_date, date) });
  out.frame(
    { everyoneBut: excepted },
    {
      action: 'new_tournament',
      data: {
        id,
        tournament_id: tournamentId,
        tournament_name: name,
        creator: alias,
        alias,
        ...profile,
        status: 'open',
        date,
      },
    },
  );
}

/** It is on nobody's list from now on, and in nobody's counts. */
function closeAnnouncement(rows: NotificationRows, { event }: Recorded<'TournamentClosed'>, out: Out): void {
  const { tournamentId, creator } = event.data;
  const { position, notification_id } = rows.before.tournaments.tournament(tournamentId);
  rows.closeAnnouncement(position);
  out.frame(
    { everyoneBut: [userKey(creator)] },
    { action: 'notification_updated', data: { id: notification_id, status: 'closed' } },
  );
}

/** What is read already, or not on the reader's list, stays as it is, and nobody is told. */
function markRead(rows: NotificationRows, { event }: Recorded<'NotificationRead'>, out: Out): void {
  const { notificationId, causePosition, reader } = event.data;
  const position = placeIn(causePosition);
  if (position === null) throw new UnprojectableEvent('of a cause that is nowhere');
  const place = { user_key: userKey(reader), position };
  if (position <= rows.inbox(place.user_key).marked_up_to) return;
  if (!readPersonal(rows, place) && !readAnnouncement(rows, place)) return;
  out.frame(
    { users: [place.user_key] },
    { action: 'notification_updated', data: { id: notificationId, is_read: true } },
  );
}

function readPersonal(rows: NotificationRows, place: NotificationPlace): boolean {
  const notification = rows.notification(place);
  if (!notification || notification.is_read) return false;
  const inbox = rows.inbox(place.user_key);
  rows.setNotification({ ...notification, is_read: true });
  rows.setInbox({ ...inbox, unread: inbox.unread - 1 });
  return true;
}

function readAnnouncement(rows: NotificationRows, place: NotificationPlace): boolean {
  if (!rows.before.tournaments.announcedAt(place.position)?.is_open || rows.isExcepted(place)) return false;
  rows.except({ ...place, is_listed: true });
  return true;
}

/**
 * The marker moves; no notification is touched. What came between the place and this event stays unread, which tabs could not tell by the
 * date in the frame: they are told of each.
 */
function markAllRead(
  rows: NotificationRows,
  { event, position }: Recorded<'AllNotificationsRead'>,
  out: Out,
): void {
  const { reader, date } = event.data;
  const [user_key, upTo] = [userKey(reader), placeIn(event.data.upTo)];
  if (upTo === null || upTo >= position) throw new UnprojectableEvent('up to a place that is not before it');
  const [inbox, place] = [rows.inbox(user_key), { user_key, position: upTo }];
  if (upTo <= inbox.marked_up_to) return;
  const personal = rows.unreadBeyond(place);
  const announced = rows.unreadAnnouncementsBeyond(place);
  const newest_date = latest(date, inbox.newest_date, rows.inbox(EVERYONES).newest_date);
  rows.setInbox({ ...inbox, unread: personal.length, marked_up_to: upTo, newest_date });
  const tell = (data: NotificationChange) =>
    out.frame({ users: [user_key] }, { action: 'notification_updated', data });
  tell({ id: null, is_read: true, date: newest_date });
  for (const id of newestIds(personal, announced)) tell({ id, is_read: false });
}

/**
 * Of one event, as cursors number its frames with three digits. To whom more comes while a command is under way, the oldest of it seems
 * read until a page is loaded.
 */
const TOLD_LIMIT = 900;

type NotificationChange = Extract<EventFrame, { action: 'notification_updated' }>['data'];

/** In the order of the log. */
function newestIds(
  personal: readonly PersonalNotification[],
  announced: readonly KnownTournament[],
): string[] {
  const all = [
    ...personal.map(({ position, id }) => ({ position, id })),
    ...announced.map(({ position, notification_id }) => ({ position, id: notification_id })),
  ];
  return all
    .sort((a, b) => (a.position < b.position ? -1 : 1))
    .slice(-TOLD_LIMIT)
    .map(({ id }) => id);
}

/** Dates of events compare as texts. */
const latest = (...dates: readonly string[]): string => dates.toSorted().at(-1) ?? '';
