import type { MessageEvent } from './message.ts';
import type { InboxEvent, NotificationEvent } from './notification.ts';
import type { PlayerEvent } from './player.ts';
import type { PresenceEvent } from './presence.ts';
import type { ReadingEvent } from './reading.ts';
import type { RelationshipEvent } from './relationship.ts';
import type { TournamentEvent } from './tournament.ts';
import type { UserEvent } from './user.ts';

/** Every event that can stand in the log. Type names are forever; a changed shape gets a new version. */
export type DomainEvent =
  | UserEvent
  | RelationshipEvent
  | MessageEvent
  | ReadingEvent
  | TournamentEvent
  | PlayerEvent
  | PresenceEvent
  | NotificationEvent
  | InboxEvent;

/** In which streams events of each type stand: those of one aggregate in one category of streams. */
export const STREAM_CATEGORIES = {
  UserRegistered: 'user',
  ProfileUpdated: 'user',
  UserErased: 'user',
  ErasureCompleted: 'user',
  ChatStarted: 'relationship',
  FriendAdded: 'relationship',
  FriendRemoved: 'relationship',
  UserBlocked: 'relationship',
  UserUnblocked: 'relationship',
  MessageSent: 'message',
  MessageLiked: 'message',
  MessageUnliked: 'message',
  MessagesRead: 'reading',
  TournamentCreated: 'tournament',
  TournamentClosed: 'tournament',
  InviteSent: 'player',
  InviteAccepted: 'player',
  InviteDeclined: 'player',
  InviteCancelled: 'player',
  InviteExpired: 'player',
  SeatReserved: 'player',
  SeatReleased: 'player',
  GameFinished: 'player',
  SessionOpened: 'presence',
  SessionDropped: 'presence',
  UserCameOnline: 'presence',
  UserWentOffline: 'presence',
  NotificationRead: 'notification',
  AllNotificationsRead: 'inbox',
} as const satisfies Readonly<Record<DomainEvent['type'], string>>;

export type StreamCategory = (typeof STREAM_CATEGORIES)[DomainEvent['type']];

/** What can stand in the streams of this category. */
export type EventIn<Category extends StreamCategory> = {
  [Type in DomainEvent['type']]: (typeof STREAM_CATEGORIES)[Type] extends Category
    ? Extract<DomainEvent, { type: Type }>
    : never;
}[DomainEvent['type']];
