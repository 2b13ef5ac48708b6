import { z } from 'zod';
import { gameOptions } from './game-options.ts';
import { text, USERNAME_LIMIT, uuid } from './scalars.ts';

/** Client frames are text JSON of at most this many bytes. */
export const FRAME_BYTES_LIMIT = 16 * 1024;

/** One tab watches so many users at most. */
export const WATCHED_LIMIT = 500;

/** Echoed in the `ack` or `error` that answers the frame. */
const requestId = text(64).optional();

const frame = <Action extends string, Data extends z.ZodType>(action: Action, data: Data) =>
  z.object({ action: z.literal(action), data, request_id: requestId });

/** Who is meant; whether there is somebody of that name is a question for the domain. */
const user = text(USERNAME_LIMIT, 1);

/** Of the tab that asks, the client's own; given back to its user alone. */
const clientId = text(128);

const messageOfChat = z.object({ chat_id: uuid, id: uuid });

/** Everything a tab may send. Unknown keys, of `data` and beside it, are ignored; anything else unexpected is BAD_DATA. */
export const clientFrame = z.discriminatedUnion('action', [
  frame(
    'new_message',
    z.object({
      chat_id: uuid,
      /** Judged by the domain: a text that cannot be a message is a refusal, not a broken frame. */
      content: z.string(),
      /** The client's own, given back as it came. */
      timestamp: text(128),
      /** The client's own message id: what makes a resend harmless. */
      id: uuid.optional(),
    }),
  ),
  frame('like_message', messageOfChat),
  frame('unlike_message', messageOfChat),
  frame('read_message', z.object({ id: uuid, chat_id: uuid.optional() })),
  frame('read_notification', z.object({ id: uuid })),
  frame(
    'game_invite',
    z
      .object({
        username: user,
        client_id: clientId,
        options: gameOptions.optional(),
        /** What clients of the first implementation call them. */
        settings: gameOptions.optional(),
      })
      .transform(({ settings, options = settings ?? gameOptions.parse({}), ...data }) => ({
        ...data,
        options,
      })),
  ),
  frame(
    'reply_game_invite',
    z.object({ username: user, accept: z.boolean(), client_id: clientId.optional() }),
  ),
  frame('cancel_game_invite', z.object({ username: user })),
  /** The user is writing something. */
  frame('typing', z.object({ chat_id: uuid })),
  /** From now on the tab hears of these alone whether they are online. Who is nobody, or has no name at all, is left out. */
  frame('watch_presence', z.object({ usernames: z.array(z.string()).max(WATCHED_LIMIT) })),
]);

export type ClientFrame = z.infer<typeof clientFrame>;
