import { parseJson } from '../../platform/json.ts';
import { type ClientFrame, clientFrame, FRAME_BYTES_LIMIT } from '../../protocol/client-frames.ts';
import type { Command, Refusal } from '../../protocol/commands.ts';
import { type ErrorFrame, refusalFrame } from '../../protocol/server-frames.ts';

type Action = ClientFrame['action'];
type FrameOf<Each extends Action> = Extract<ClientFrame, { action: Each }>;

/** What becomes of a frame. */
export interface FrameRoute<Frame> {
  /** Frames of one tab that wait in the same line take effect in the order in which they were sent. */
  readonly line: (frame: Frame) => string;
  /**
   * Whether it looks at nothing that those before it in the line have done: neighbours of which that is true are sent on
   * in one request. Any other frame waits until those before it are answered, and goes alone.
   */
  readonly together: boolean;
  /** What is asked of the command service. `newId`: for what the client might have named and did not. */
  readonly command: (frame: Frame, newId: () => string) => Command;
  /** What tells the asking tab that it was refused. */
  readonly refused: (frame: Frame, refusal: Refusal) => ErrorFrame;
}

const byError = (frame: ClientFrame, { code, retryAfterMs }: Refusal): ErrorFrame =>
  refusalFrame(code, frame.request_id, retryAfterMs);

const byChat = ({ data }: { readonly data: { readonly chat_id: string } }): string => data.chat_id;

/** A route for each frame of the protocol; one that has none does not compile. */
const ROUTES: { readonly [Each in Action]: FrameRoute<FrameOf<Each>> } = {
  new_message: {
    line: byChat,
    together: true,
    command: ({ data: { chat_id: chatId, id: messageId, content, timestamp } }, newId) => ({
      type: 'send_message',
      chatId,
      // So that the ack can name it.
      messageId: messageId ?? newId(),
      content,
      timestamp,
    }),
    refused: byError,
  },
  like_message: {
    line: byChat,
    together: false,
    command: ({ data }) => ({ type: 'like_message', chatId: data.chat_id, messageId: data.id }),
    refused: byError,
  },
  unlike_message: {
    line: byChat,
    together: false,
    command: ({ data }) => ({ type: 'unlike_message', chatId: data.chat_id, messageId: data.id }),
    refused: byError,
  },
  read_message: {
    // One that does not name its chat has only other such reads to follow.
    line: ({ data }) => data.chat_id ?? 'reading',
    together: false,
    command: ({ data }) => ({ type: 'read_message', chatId: data.chat_id ?? null, messageId: data.id }),
    refused: byError,
  },
  read_notification: {
    line: () => 'notifications',
    together: false,
    command: ({ data }) => ({ type: 'read_notification', notificationId: data.id }),
    refused: byError,
  },
  game_invite: {
    line: () => 'duels',
    together: false,
    command: ({ data: { username: invitee, client_id: clientId, options } }, newId) => ({
      type: 'send_invitation',
      invitee,
      invitationId: newId(),
      clientId,
      options,
    }),
    refused: byError,
  },
  reply_game_invite: {
    line: () => 'duels',
    together: false,
    command: ({ data: { username: inviter, accept } }) => ({
      type: accept ? 'accept_invitation' : 'decline_invitation',
      inviter,
    }),
    refused: byError,
  },
  cancel_game_invite: {
    line: () => 'duels',
    together: false,
    command: ({ data }) => ({ type: 'cancel_invitation', invitee: data.username }),
    refused: byError,
  },
};

export const routeOf = <Each extends Action>(frame: { readonly action: Each }): FrameRoute<FrameOf<Each>> =>
  ROUTES[frame.action];

const BYTES_PER_UTF16_UNIT = 3;

/** null: it breaks the protocol (BAD_DATA). `text` null: a binary frame. */
export function readFrame(text: string | null): ClientFrame | null {
  if (text === null || isTooLarge(text)) return null;
  const parsed = clientFrame.safeParse(parseJson(text));
  return parsed.success ? parsed.data : null;
}

/** Most frames are so short that their bytes need not be counted. */
const isTooLarge = (text: string): boolean =>
  text.length * BYTES_PER_UTF16_UNIT > FRAME_BYTES_LIMIT && Buffer.byteLength(text) > FRAME_BYTES_LIMIT;
