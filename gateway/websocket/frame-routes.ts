import { parseJson } from '../../platform/json.ts';
import { type ClientFrame, clientFrame, FRAME_BYTES_LIMIT } from '../../protocol/client-frames.ts';
import type { Command, Refusal } from '../../protocol/commands.ts';
import { refusalFrame } from '../../protocol/frame-texts.ts';
import { type InvitationAttempt, invitationRefusalText } from '../../protocol/invitation-texts.ts';
import type { EphemeralFrame, ErrorFrame } from '../../protocol/server-frames.ts';

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
  /**
   * What is asked of the command service. `newId`: for what the client might have named and did not. null: nothing, the gateway answers
   * by itself.
   */
  readonly command: ((frame: Frame, newId: () => string) => Command) | null;
  /** What tells that it was refused. */
  readonly refused: (frame: Frame, refusal: Refusal) => RefusalNotice;
}

interface RefusalNotice {
  /** For all tabs of the user who asked; null: the others have nothing to do with it. */
  readonly toUser: EphemeralFrame | null;
  /** For the tab that asked, after that; null: that says it all. */
  readonly toTab: ErrorFrame | null;
}

const byError = (frame: ClientFrame, { code, retryAfterMs }: Refusal): RefusalNotice => ({
  toUser: null,
  toTab: refusalFrame(code, frame.request_id, retryAfterMs),
});

/** An invitation that comes to nothing: all tabs of its user show it, and whoever waits for an answer gets one besides. */
function byCancellation(
  attempt: InvitationAttempt,
  frame: FrameOf<'game_invite' | 'reply_game_invite'>,
  refusal: Refusal,
): RefusalNotice {
  const { toTab } = byError(frame, refusal);
  const message = invitationRefusalText(attempt, refusal.code);
  if (message === null) return { toUser: null, toTab };
  const { client_id = null } = frame.data;
  return {
    toUser: { action: 'game_invite_canceled', data: { username: null, nickname: null, message, client_id } },
    toTab: frame.request_id === undefined ? null : toTab,
  };
}

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
    refused: (frame, refusal) => byCancellation('invite', frame, refusal),
  },
  reply_game_invite: {
    line: () => 'duels',
    together: false,
    command: ({ data: { username: inviter, accept } }) => ({
      type: accept ? 'accept_invitation' : 'decline_invitation',
      inviter,
    }),
    refused: (frame, refusal) => byCancellation(frame.data.accept ? 'accept' : 'decline', frame, refusal),
  },
  cancel_game_invite: {
    line: () => 'duels',
    together: false,
    command: ({ data }) => ({ type: 'cancel_invitation', invitee: data.username }),
    refused: byError,
  },
  typing: { line: () => 'typing', together: false, command: null, refused: byError },
  watch_presence: { line: () => 'presence', together: false, command: null, refused: byError },
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
