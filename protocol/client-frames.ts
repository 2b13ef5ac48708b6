import { z } from 'zod';
import type { ErrorCode } from './error-codes.ts';
import { gameOptions } from './game-options.ts';
import { text, USERNAME_LIMIT, uuid } from './scalars.ts';

/** Client frames are text JSON of at most this many bytes. */
export const FRAME_BYTES_LIMIT = 16 * 1024;

/** One tab watches so many users at most. */
export const WATCHED_LIMIT = 500;

const requestId = text(64).optional().describe('Echoed in the `ack` or `error` that answers the frame.');

/** `description`: for whoever writes a client. */
const frame = <Action extends string, Data extends z.ZodType>(
  action: Action,
  data: Data,
  description: string,
) => z.object({ action: z.literal(action), data, request_id: requestId }).describe(description);

/** Whether there is somebody of that name is a question for the domain. */
const user = text(USERNAME_LIMIT, 1).describe('In any case.');

const clientId = text(128).describe("Of the tab that asks, the client's own; given back to its user alone.");

const messageOfChat = z.object({ chat_id: uuid, id: uuid });

/** Everything a tab may send. Unknown keys, of `data` and beside it, are ignored; anything else unexpected is BAD_DATA. */
export const clientFrame = z.discriminatedUnion('action', [
  frame(
    'new_message',
    z.object({
      chat_id: uuid,
      /** Judged by the domain: a text that cannot be a message is a refusal, not a broken frame. */
      content: z
        .string()
        .describe(
          '1 to 256 UTF-16 units, not blank, without U+0000 and lone surrogates; kept as it is sent. Anything else is refused.',
        ),
      timestamp: text(128).describe("The client's own, given back as it came."),
      id: uuid
        .optional()
        .describe(
          "The client's own message id, a new UUID: what makes a resend harmless. Sent again, it stores nothing and is answered alike.",
        ),
    }),
    'Sends a message.',
  ),
  frame(
    'like_message',
    messageOfChat,
    'Likes a message of the other side. What is liked already is acked, and nobody is told.',
  ),
  frame(
    'unlike_message',
    messageOfChat,
    'Takes a like back. What is not liked is acked, and nobody is told.',
  ),
  frame(
    'read_message',
    z.object({ id: uuid, chat_id: uuid.optional() }),
    'Marks this message and all earlier ones of the other side in its chat as read.',
  ),
  frame('read_notification', z.object({ id: uuid }), 'Marks a notification as read.'),
  frame(
    'game_invite',
    z
      .object({
        username: user,
        client_id: clientId,
        options: gameOptions.optional(),
        settings: gameOptions.optional().describe('What clients of the first implementation call `options`.'),
      })
      .transform(({ settings, options = settings ?? gameOptions.parse({}), ...data }) => ({
        ...data,
        options,
      })),
    'Invites to a duel. A refusal is also told by `game_invite_canceled`.',
  ),
  frame(
    'reply_game_invite',
    z.object({
      username: user.describe('Of the inviter.'),
      accept: z.boolean(),
      client_id: clientId.optional(),
    }),
    'Accepts or declines an invitation. A refusal is also told by `game_invite_canceled`.',
  ),
  frame(
    'cancel_game_invite',
    z.object({ username: user.describe('Of the invitee.') }),
    'Takes an invitation back.',
  ),
  frame(
    'typing',
    z.object({ chat_id: uuid }),
    'The user is writing something. Not stored; one in 2 s goes on, the others are acked all the same.',
  ),
  frame(
    'watch_presence',
    z.object({ usernames: z.array(z.string()).max(WATCHED_LIMIT) }),
    'From now on, and until the next of these, the tab hears of these users alone whether they are online, and at once what is so. Unknown names are left out. Ends with the socket.',
  ),
]);

export type ClientFrame = z.infer<typeof clientFrame>;

/** With which codes a frame may be refused; besides, any may be `rate_limited`, `unavailable` or `internal`. */
export const FRAME_REFUSALS = {
  new_message: [
    'chat_not_found',
    'blocked',
    'content_empty',
    'content_too_long',
    'content_invalid',
    'id_conflict',
  ],
  like_message: ['chat_not_found', 'message_not_found', 'own_message', 'blocked'],
  unlike_message: ['chat_not_found', 'message_not_found', 'own_message', 'blocked'],
  read_message: ['message_not_found', 'own_message'],
  read_notification: ['notification_not_found'],
  game_invite: ['self_invite', 'in_game', 'invitation_pending', 'user_not_found', 'not_invitable'],
  reply_game_invite: [
    'self_invite',
    'in_game',
    'invitation_pending',
    'invitation_not_found',
    'invitation_expired',
    'user_not_found',
    'not_invitable',
  ],
  cancel_game_invite: ['invitation_not_found'],
  typing: ['chat_not_found'],
  watch_presence: [],
} as const satisfies Record<ClientFrame['action'], readonly ErrorCode[]>;

export const REFUSALS_OF_EVERY_FRAME = ['rate_limited', 'unavailable', 'internal'] as const;
