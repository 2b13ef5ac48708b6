import { z } from 'zod';
import { text, uuid } from './scalars.ts';

/** Client frames are text JSON of at most this many bytes. */
export const FRAME_BYTES_LIMIT = 16 * 1024;

/** Echoed in the `ack` or `error` that answers the frame. */
const requestId = text(64).optional();

const frame = <Action extends string, Data extends z.ZodType>(action: Action, data: Data) =>
  z.object({ action: z.literal(action), data, request_id: requestId });

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
]);

export type ClientFrame = z.infer<typeof clientFrame>;
