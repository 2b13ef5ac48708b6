import { accepted, type Decider, type Decision, type Issued, refused } from './decider.ts';
import type { InviteSent } from './player.ts';
import { placeFrom } from './reading.ts';
import type { FriendAdded } from './relationship.ts';
import type { TournamentCreated } from './tournament.ts';
import { sameUser } from './username.ts';

/**
 * A notification follows from its cause: from `FriendAdded`, from `InviteSent`, or from `TournamentCreated` for everyone. It has no event of its own;
 * that it was read has. In streams `notification-<id>-<reader>`, one for each, so that none grows.
 */
export type NotificationEvent = NotificationRead;

export interface NotificationRead {
  readonly type: 'NotificationRead';
  readonly data: {
    readonly notificationId: string;
    /** Of its cause, a place in the log: a decimal integer. */
    readonly causePosition: string;
    readonly reader: string;
    readonly date: string;
  };
}

/** The event that a notification follows from, where it stands in the log, and what else decides who is notified. None of it ever changes. */
export type Cause = FriendAddedInLog | InviteSentInLog | TournamentCreatedInLog;

type FriendAddedInLog = FriendAdded & { readonly position: bigint };

type InviteSentInLog = InviteSent & { readonly position: bigint };

type TournamentCreatedInLog = TournamentCreated & {
  readonly position: bigint;
  /** When it was announced, of the one who asks. */
  readonly asker: { readonly wasSignedUp: boolean; readonly blockedCreator: boolean };
};

export type NotificationCommand = ReadNotification;

export interface ReadNotification extends Issued {
  readonly type: 'read_notification';
  readonly notificationId: string;
}

export type NotificationRefusal = 'notification_not_found';

/** One of a closed tournament, or of an invitation that has ended, is read like any other: it may end while the command is on its way. */
function readNotification(
  { notificationId, actor: reader, date }: NotificationCommand,
  isRead: boolean,
  cause: Cause | null,
): Decision<NotificationEvent, NotificationRefusal> {
  if (!cause || !isNotified(reader, cause)) return refused('notification_not_found');
  if (isRead) return accepted();
  return accepted({
    type: 'NotificationRead',
    data: { notificationId, causePosition: cause.position.toString(), reader, date },
  });
}

function isNotified(username: string, cause: Cause): boolean {
  switch (cause.type) {
    case 'FriendAdded':
      return cause.data.isNews && sameUser(cause.data.friend, username);
    case 'InviteSent':
      return sameUser(cause.data.invitee, username);
    case 'TournamentCreated': {
      const { wasSignedUp, blockedCreator } = cause.asker;
      return wasSignedUp && !blockedCreator && !sameUser(cause.data.creator, username);
    }
    default:
      return cause satisfies never;
  }
}

/** The state is whether it is read. Ignores what it does not know. */
export const notificationDecider: Decider<
  boolean,
  NotificationCommand,
  NotificationEvent,
  NotificationRefusal,
  Cause | null
> = {
  initial: false,
  evolve: (isRead, { type }) => isRead || type === 'NotificationRead',
  decide: readNotification,
};

/** Stream `inbox-<reader>`. */
export type InboxEvent = AllNotificationsRead;

export interface AllNotificationsRead {
  readonly type: 'AllNotificationsRead';
  readonly data: {
    readonly reader: string;
    /** The place in the log, a decimal integer, up to which all was published when it was asked for: what came later is not read. */
    readonly upTo: string;
    readonly date: string;
  };
}

export type InboxCommand = MarkAllAsRead;

export interface MarkAllAsRead extends Issued {
  readonly type: 'mark_all_as_read';
  /** A place in the log, a decimal integer: up to there. */
  readonly upTo: string;
}

/** Up to which place of the log all is read; null: nothing was ever marked. Only ever moves forward. */
export type MarkedUpTo = bigint | null;

/** Each event is ahead of all before it, so the stream's last event alone tells. Ignores what it does not know. */
function evolveInbox(marked: MarkedUpTo, event: InboxEvent): MarkedUpTo {
  if (event.type !== 'AllNotificationsRead') return marked;
  const upTo = placeFrom(event.data.upTo);
  return isAhead(upTo, marked) ? upTo : marked;
}

function markAllAsRead(
  { actor: reader, upTo: asked, date }: InboxCommand,
  marked: MarkedUpTo,
): Decision<InboxEvent, never> {
  const upTo = placeFrom(asked);
  if (!isAhead(upTo, marked)) return accepted();
  return accepted({ type: 'AllNotificationsRead', data: { reader, upTo: `${upTo}`, date } });
}

const isAhead = (upTo: MarkedUpTo, marked: MarkedUpTo): boolean =>
  upTo !== null && (marked === null || upTo > marked);

export const inboxDecider: Decider<MarkedUpTo, InboxCommand, InboxEvent, never> = {
  initial: null,
  evolve: evolveInbox,
  decide: markAllAsRead,
};
