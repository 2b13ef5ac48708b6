import { z } from 'zod';
import { ERRORS, type ErrorCode, errorCode } from './error-codes.ts';
import { invitationDetails, notificationStatus, profile } from './http-resources.ts';
import { date, id, username } from './scalars.ts';

/** An event as tabs receive it; `cursor` is its place in what the user was sent, the same for every tab. */
const event = <Action extends string, Data extends z.ZodRawShape>(action: Action, data: Data) =>
  z.strictObject({ action: z.literal(action), data: z.strictObject(data), cursor: z.string() });

const game = { /** Of the room. */ game_id: id, ...profile.shape };

const inviteCanceled = {
  /** The inviter's, when the inviter or a block has cancelled it. */
  username: username.nullable(),
  nickname: z.string().nullable(),
  /** Why, for people. null: the inviter wanted it, or one of the two has blocked the other. */
  message: z.string().nullable(),
  /** Of the receiver's tab that sent the invitation, or the refused frame; null towards the other side. */
  client_id: z.string().nullable(),
};

/** Pushed to every tab of their audience, and sent again to those who resume. */
export const eventFrame = z.discriminatedUnion('action', [
  event('new_message', {
    chat_id: id,
    id,
    content: z.string(),
    date,
    sender: username,
    /** The sending client's own, as it came. */
    timestamp: z.string(),
    is_read: z.literal(false),
    is_liked: z.literal(false),
  }),
  event('like_message', { chat_id: id, id, is_liked: z.boolean() }),
  /** That message and every earlier one that `reader` was sent in this chat are read. */
  event('read_message', { chat_id: id, id, reader: username, date }),
  /** `username` has added the receiver as a friend. The profile is as it was then. */
  event('new_friend', { id, ...profile.shape, date }),
  /** `creator` and `alias` are the name under which the creator takes part; the profile is the creator's. */
  event('new_tournament', {
    id,
    tournament_id: id,
    tournament_name: z.string(),
    creator: z.string(),
    alias: z.string(),
    ...profile.shape,
    status: z.literal('open'),
    date,
  }),
  /** What has changed of one notification; without an id, all up to that date have been read. */
  event('notification_updated', {
    id: id.nullable(),
    is_read: z.boolean().exactOptional(),
    status: notificationStatus.exactOptional(),
    date: date.exactOptional(),
  }),
  /** How the receiver and `username` stand to each other now, as the receiver sees it. */
  event('relationship_changed', {
    username,
    is_friend: z.boolean(),
    is_blocked_user: z.boolean(),
    is_blocked_by_user: z.boolean(),
  }),
  event('game_invite', { id, ...invitationDetails }),
  /** There is a game, against the one whose profile it is. All stands beside `data` as well, where the first clients look for it. */
  event('game_accepted', game).extend(game),
  /** Of the invitee. */
  event('game_declined', { username, nickname: z.string() }),
  /** An invitation was cancelled, or has expired. */
  event('game_invite_canceled', inviteCanceled),
  event('game_finished', { game_id: id, reason: z.enum(['reported', 'expired']), date }),
]);

type ReceivedEvent = z.infer<typeof eventFrame>;

/** An event that has no cursor yet: projections make these, and whoever publishes them knows their place. */
export type EventFrame = { [Action in ReceivedEvent['action']]: Uncursored<Action> }[ReceivedEvent['action']];

type Uncursored<Action> = Omit<Extract<ReceivedEvent, { action: Action }>, 'cursor'>;

const ephemeral = <Action extends string, Data extends z.ZodRawShape>(action: Action, data: Data) =>
  z.strictObject({ action: z.literal(action), data: z.strictObject(data) });

const presence = <Status extends 'online' | 'offline'>(status: Status) => ({
  username,
  nickname: z.string(),
  status: z.literal(status),
  /** Since when. */
  date,
});

/** Pushed to whoever is there, without a cursor. Nobody gets them later. */
export const ephemeralFrame = z.discriminatedUnion('action', [
  /** A state, not a history: of several of one user the newest is sent, and older ones may be left out. */
  ephemeral('user_online', presence('online')),
  ephemeral('user_offline', presence('offline')),
  /** Until that user's next message, or for five seconds. */
  ephemeral('typing', { chat_id: id, username }),
  /** A frame about an invitation was refused. */
  ephemeral('game_invite_canceled', inviteCanceled),
]);

export type EphemeralFrame = z.infer<typeof ephemeralFrame>;

export type PresenceFrame = Extract<EphemeralFrame, { action: 'user_online' | 'user_offline' }>;

/** `date`: since when. */
export const presenceFrame = (
  isOnline: boolean,
  { username, nickname, date }: Pick<PresenceFrame['data'], 'username' | 'nickname' | 'date'>,
): PresenceFrame =>
  isOnline
    ? { action: 'user_online', data: { username, nickname, status: 'online', date } }
    : { action: 'user_offline', data: { username, nickname, status: 'offline', date } };

/** Sent to a tab once: first, or right after what it missed. */
export const welcomeFrame = z.strictObject({
  action: z.literal('welcome'),
  data: z.strictObject({
    session_id: z.string(),
    username,
    /** The tab has everything up to here. */
    cursor: z.string(),
    /** false although the tab came with a cursor: it missed too much, and has to load its pages anew. */
    recovered: z.boolean(),
    /** How many events were sent again before this. */
    replayed: z.int(),
    /** When the session's newest access token stops working, and the socket with it unless it is renewed before. */
    expires_at: date,
    /** So often there is a `ping`; twice as long without any frame, and the connection is dead. */
    ping_interval_s: z.int(),
  }),
});

export type WelcomeFrame = z.infer<typeof welcomeFrame>;

/** Sent to each tab in turn: a browser cannot see what keeps the connection alive otherwise. Wants no answer. */
export const pingFrame = z.strictObject({
  action: z.literal('ping'),
  data: z.strictObject({
    date,
    /** As in `welcome`. */
    expires_at: date,
  }),
});

export type PingFrame = z.infer<typeof pingFrame>;

/** A frame's own, given back. */
const requestId = z.string().exactOptional();

/** The frame with this `request_id` was accepted. */
export const ackFrame = z.strictObject({
  action: z.literal('ack'),
  request_id: requestId,
  data: z.strictObject({
    /** Where in the log it is durably stored. */
    position: z.string(),
    /** Of the message that was sent. */
    id: id.exactOptional(),
  }),
});

export type AckFrame = z.infer<typeof ackFrame>;

/** A frame was refused. It has changed nothing, or with `unavailable` perhaps. */
export const errorFrame = z.strictObject({
  action: z.literal('error'),
  request_id: requestId,
  data: z.strictObject({
    code: errorCode,
    message: z.string(),
    retryable: z.boolean(),
    /** With `unavailable`, when there is a point in sending it again. */
    retry_after_ms: z.number().exactOptional(),
  }),
});

export type ErrorFrame = z.infer<typeof errorFrame>;

/** Everything that a tab may receive. Strict: that a frame has no key more or less is for tests to hold, senders are trusted. */
export const serverFrame = z.union([
  eventFrame,
  ephemeralFrame,
  welcomeFrame,
  pingFrame,
  ackFrame,
  errorFrame,
]);

/** The text of an event as it goes to every tab, `cursor` included; written once per event. */
export const eventText = (frame: EventFrame, cursor: string): string => JSON.stringify({ ...frame, cursor });

/** Keys that are undefined do not appear. */
export const replyText = (frame: WelcomeFrame | PingFrame | AckFrame | ErrorFrame | EphemeralFrame): string =>
  JSON.stringify(frame);

/** What tells a tab that its frame was refused. */
export const refusalFrame = (code: ErrorCode, requestId?: string, retryAfterMs?: number): ErrorFrame => ({
  action: 'error',
  ...(requestId !== undefined && { request_id: requestId }),
  data: {
    code,
    message: ERRORS[code].message,
    retryable: ERRORS[code].retryable,
    ...(retryAfterMs !== undefined && { retry_after_ms: retryAfterMs }),
  },
});
