import { z } from 'zod';
import type { DomainEvent } from '../../domain/domain-event.ts';
import { DROP_REASONS } from '../../domain/presence.ts';

type Schemas = { readonly [Type in DomainEvent['type']]: z.ZodType<Extract<DomainEvent, { type: Type }>> };

const event = <Type extends DomainEvent['type'], Data extends z.ZodRawShape>(type: Type, data: Data) =>
  z.strictObject({ type: z.literal(type), data: z.strictObject(data) });

const text = z.string();
const date = z.iso.datetime({ precision: 3 });
const decimal = z.string().regex(/^\d+$/);
const pair = { blocker: text, blocked: text, date };
const gameOptions = z.strictObject({
  score_to_win: z.int(),
  game_speed: z.enum(['slow', 'medium', 'fast']),
  ranked: z.boolean(),
  time_limit: z.int(),
  cool_mode: z.boolean(),
});
const ofInvitation = {
  invitationId: z.uuid(),
  inviter: text,
  invitee: text,
  date,
  sending: z.strictObject({ since: date, count: z.int() }).nullable(),
};
const ofPresence = {
  username: text,
  sessions: z.array(
    z.strictObject({ sessionId: z.uuid(), gatewayId: z.uuid(), loginId: z.uuid(), openedAt: date }),
  ),
  since: date,
  date,
};
const gameId = z.uuid();
const messageOfChat = { messageId: z.uuid(), chatId: z.uuid(), sender: text, recipient: text, date };

/** The shape of each event type as it stands in the log now. A shape that changes needs a new version beside the old. */
export const eventSchemas: Schemas = {
  UserRegistered: event('UserRegistered', { username: text, nickname: text, avatar: text, date }),
  ProfileUpdated: event('ProfileUpdated', { username: text, nickname: text, avatar: text, date }),
  UserErased: event('UserErased', { username: text, date }),
  ErasureCompleted: event('ErasureCompleted', { username: text, date }),
  ChatStarted: event('ChatStarted', { chatId: z.uuid(), participants: z.tuple([text, text]), date }),
  FriendAdded: event('FriendAdded', { adder: text, friend: text, isNews: z.boolean(), date }),
  FriendRemoved: event('FriendRemoved', { remover: text, friend: text, date }),
  UserBlocked: event('UserBlocked', pair),
  UserUnblocked: event('UserUnblocked', pair),
  MessageSent: event('MessageSent', { ...messageOfChat, content: text, timestamp: text }),
  MessageLiked: event('MessageLiked', messageOfChat),
  MessageUnliked: event('MessageUnliked', messageOfChat),
  MessagesRead: event('MessagesRead', {
    chatId: z.uuid(),
    reader: text,
    author: text,
    messageId: z.uuid(),
    messagePosition: decimal,
    date,
  }),
  TournamentCreated: event('TournamentCreated', {
    tournamentId: z.uuid(),
    name: text,
    requiredParticipants: z.union([z.literal(4), z.literal(8)]),
    alias: text,
    settings: gameOptions,
    creator: text,
    date,
  }),
  TournamentClosed: event('TournamentClosed', { tournamentId: z.uuid(), creator: text, date }),
  InviteSent: event('InviteSent', {
    ...ofInvitation,
    clientId: text,
    options: gameOptions,
    expiresAt: date,
  }),
  InviteAccepted: event('InviteAccepted', { ...ofInvitation, gameId, endsAt: date }),
  InviteDeclined: event('InviteDeclined', ofInvitation),
  InviteCancelled: event('InviteCancelled', {
    ...ofInvitation,
    clientId: text,
    reason: z.enum(['inviter', 'block', 'gone']),
  }),
  InviteExpired: event('InviteExpired', { ...ofInvitation, clientId: text }),
  SeatReserved: event('SeatReserved', { ...ofInvitation, gameId }),
  SeatReleased: event('SeatReleased', ofInvitation),
  GameFinished: event('GameFinished', {
    ...ofInvitation,
    gameId,
    player: text,
    reason: z.enum(['reported', 'expired']),
  }),
  SessionOpened: event('SessionOpened', { ...ofPresence, sessionId: z.uuid() }),
  SessionDropped: event('SessionDropped', {
    ...ofPresence,
    sessionId: z.uuid(),
    reason: z.enum(DROP_REASONS),
    offlineAt: date.nullable(),
  }),
  UserCameOnline: event('UserCameOnline', ofPresence),
  UserWentOffline: event('UserWentOffline', ofPresence),
  NotificationRead: event('NotificationRead', {
    notificationId: z.uuid(),
    causePosition: decimal,
    reader: text,
    date,
  }),
  AllNotificationsRead: event('AllNotificationsRead', { reader: text, upTo: decimal, date }),
};
