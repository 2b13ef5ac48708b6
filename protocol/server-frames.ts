import { z } from 'zod';
import { invitationDetails, notificationStatus, profile } from './http-resources.ts';
import { date, errorCode, id, username } from './scalars.ts';

const cursor = z
  .string()
  .describe(
    'Its place in what the user was sent, the same for every tab. Keep the last one, and send it to resume.',
  );

/** An event as tabs receive it. */
const event = <Action extends string, Data extends z.ZodRawShape>(
  action: Action,
  data: Data,
  description: string,
) => z.strictObject({ action: z.literal(action), data: z.strictObject(data), cursor }).describe(description);

const game = { game_id: id.describe('Of the room.'), ...profile.shape };

const inviteCanceled = {
  username: username.nullable().describe("The inviter's, when the inviter or a block has cancelled it."),
  nickname: z.string().nullable(),
  message: z
    .string()
    .nullable()
    .describe('Why, for people. null: the inviter wanted it, or one of the two has blocked the other.'),
  client_id: z
    .string()
    .nullable()
    .describe(
      "Of the receiver's tab that sent the invitation, or the refused frame; null towards the other side.",
    ),
};

/** Pushed to every tab of their audience, and sent again to those who resume. */
export const eventFrame = z.discriminatedUnion('action', [
  event(
    'new_message',
    {
      chat_id: id,
      id,
      content: z.string(),
      date,
      sender: username,
      timestamp: z.string().describe("The sending client's own, as it came."),
      is_read: z.literal(false),
      is_liked: z.literal(false),
    },
    'To both participants, the sender too.',
  ),
  event(
    'like_message',
    { chat_id: id, id, is_liked: z.boolean() },
    'To both participants; also when a like was taken back.',
  ),
  event(
    'read_message',
    { chat_id: id, id, reader: username, date },
    'That message and every earlier one that `reader` was sent in this chat are read. To both.',
  ),
  event(
    'new_friend',
    { id, ...profile.shape, date },
    '`username` has added the receiver as a friend. The profile is as it was then; `id` is the notification.',
  ),
  event(
    'new_tournament',
    {
      id,
      tournament_id: id,
      tournament_name: z.string(),
      creator: z.string(),
      alias: z.string(),
      ...profile.shape,
      status: z.literal('open'),
      date,
    },
    "To everybody but the creator. `creator` and `alias` are the name under which the creator takes part, the profile is the creator's; `id` is the notification.",
  ),
  event(
    'notification_updated',
    {
      id: id.nullable(),
      is_read: z.boolean().exactOptional(),
      status: notificationStatus.exactOptional(),
      date: date.exactOptional(),
    },
    'What has changed of one notification; `id` null: all up to that date have been read.',
  ),
  event(
    'relationship_changed',
    {
      username,
      is_friend: z.boolean(),
      is_blocked_user: z.boolean(),
      is_blocked_by_user: z.boolean(),
    },
    'How the receiver and `username` stand to each other now, as the receiver sees it.',
  ),
  event(
    'game_invite',
    { id, ...invitationDetails },
    "To the invitee. `id` is the notification, `game_id` the invitation; the profile is the inviter's.",
  ),
  event('game_accepted', game, '')
    .extend(game)
    .describe(
      'There is a game, against the one whose profile it is: to both. All stands beside `data` as well, where the first clients look for it.',
    ),
  event('game_declined', { username, nickname: z.string() }, 'To both. The names are those of the invitee.'),
  event('game_invite_canceled', inviteCanceled, 'An invitation was cancelled, or has expired: to both.'),
  event(
    'game_finished',
    { game_id: id, reason: z.enum(['reported', 'expired']), date },
    'To both players, who are free for another one.',
  ),
]);

type ReceivedEvent = z.infer<typeof eventFrame>;

/** An event that has no cursor yet: projections make these, and whoever publishes them knows their place. */
export type EventFrame = { [Action in ReceivedEvent['action']]: Uncursored<Action> }[ReceivedEvent['action']];

type Uncursored<Action> = Omit<Extract<ReceivedEvent, { action: Action }>, 'cursor'>;

const ephemeral = <Action extends string, Data extends z.ZodRawShape>(
  action: Action,
  data: Data,
  description: string,
) => z.strictObject({ action: z.literal(action), data: z.strictObject(data) }).describe(description);

const presence = <Status extends 'online' | 'offline'>(status: Status) => ({
  username,
  nickname: z.string(),
  status: z.literal(status),
  date: date.describe('Since when.'),
});

/** Pushed to whoever is there, without a cursor. Nobody gets them later. */
export const ephemeralFrame = z.discriminatedUnion('action', [
  ephemeral(
    'user_online',
    presence('online'),
    'A state, not a history: of several of one user the newest is sent, and older ones may be left out.',
  ),
  ephemeral('user_offline', presence('offline'), 'As `user_online`.'),
  ephemeral(
    'typing',
    { chat_id: id, username },
    'That user is writing: until the next message of theirs, or for five seconds.',
  ),
  ephemeral(
    'game_invite_canceled',
    inviteCanceled,
    'A frame about an invitation was refused: to all tabs of whoever sent it, with the text for people.',
  ),
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

export const welcomeFrame = z
  .strictObject({
    action: z.literal('welcome'),
    data: z.strictObject({
      session_id: z.string(),
      username,
      cursor: z.string().describe('The tab has everything up to here.'),
      recovered: z
        .boolean()
        .describe('Everything that was missed came before this frame. false: load all pages anew.'),
      replayed: z.int().describe('How many events were sent again before this.'),
      expires_at: date.describe(
        "When the session's newest access token stops working, and the socket with it unless it is renewed before.",
      ),
      ping_interval_s: z
        .int()
        .describe('So often there is a `ping`; twice as long without any frame, and the connection is dead.'),
    }),
  })
  .describe('To a tab once: first, or right after what it missed.');

export type WelcomeFrame = z.infer<typeof welcomeFrame>;

export const pingFrame = z
  .strictObject({
    action: z.literal('ping'),
    data: z.strictObject({
      date,
      expires_at: date.describe('As in `welcome`.'),
    }),
  })
  .describe('A browser cannot see what keeps the connection alive otherwise. Wants no answer.');

export type PingFrame = z.infer<typeof pingFrame>;

const requestId = z.string().exactOptional().describe("The frame's own, given back.");

export const ackFrame = z
  .strictObject({
    action: z.literal('ack'),
    request_id: requestId,
    data: z.strictObject({
      position: z.string().describe('Where in the log it is durably stored; may be sent as `X-Rally-After`.'),
      id: id
        .exactOptional()
        .describe('Of the message that was sent, of the invitation, of the game when it was accepted.'),
    }),
  })
  .describe('The frame with this `request_id` was accepted, and what it wanted is durably stored.');

export type AckFrame = z.infer<typeof ackFrame>;

export const errorFrame = z
  .strictObject({
    action: z.literal('error'),
    request_id: requestId,
    data: z.strictObject({
      code: errorCode,
      message: z.string().describe('For people. Programs act on the code.'),
      retryable: z.boolean().describe('Whether the same frame may succeed later.'),
      retry_after_ms: z.number().exactOptional().describe('When there is a point in sending it again.'),
    }),
  })
  .describe('A frame was refused. It has changed nothing, or with `unavailable` and `internal` perhaps.');

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
