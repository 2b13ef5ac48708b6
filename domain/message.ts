import { accepted, type Decider, type Decision, type Issued, refused } from './decider.ts';
import { chatOf, type Relationship } from './relationship.ts';
import { sameUser } from './username.ts';

/** Stream `message-<id>`. Every event names both sides, so that a projector needs nothing else. */
export type MessageEvent = MessageSent | MessageLiked | MessageUnliked;

interface MessageOfChat {
  readonly messageId: string;
  readonly chatId: string;
  readonly sender: string;
  readonly recipient: string;
}

export interface MessageSent {
  readonly type: 'MessageSent';
  readonly data: MessageOfChat & {
    /** As sent, blanks included. */
    readonly content: string;
    /** The sending client's own, opaque to the server. */
    readonly timestamp: string;
    readonly date: string;
  };
}

/** Only the recipient likes. */
export interface MessageLiked {
  readonly type: 'MessageLiked';
  readonly data: MessageOfChat & { readonly date: string };
}

export interface MessageUnliked {
  readonly type: 'MessageUnliked';
  readonly data: MessageOfChat & { readonly date: string };
}

/** null: nothing was sent under this id. */
export type Message = {
  readonly messageId: string;
  readonly chatId: string;
  readonly sender: string;
  readonly recipient: string;
  readonly content: string;
  readonly isLiked: boolean;
} | null;

/** What was sent never changes, so a stream's first event alone tells it; only the like comes and goes. Ignores what it does not know. */
function evolve(message: Message, event: MessageEvent): Message {
  switch (event.type) {
    case 'MessageSent': {
      const { messageId, chatId, sender, recipient, content } = event.data;
      return message ?? { messageId, chatId, sender, recipient, content, isLiked: false };
    }
    case 'MessageLiked':
      return message && { ...message, isLiked: true };
    case 'MessageUnliked':
      return message && { ...message, isLiked: false };
    default:
      event satisfies never;
      return message;
  }
}

export type MessageCommand = SendMessage | LikeMessage | UnlikeMessage;

export interface SendMessage extends Issued {
  readonly type: 'send_message';
  /** Chosen by the client, or by the gateway for clients that send none. */
  readonly messageId: string;
  readonly chatId: string;
  readonly content: string;
  readonly timestamp: string;
}

export interface LikeMessage extends Issued {
  readonly type: 'like_message';
  readonly messageId: string;
  readonly chatId: string;
}

export interface UnlikeMessage extends Issued {
  readonly type: 'unlike_message';
  readonly messageId: string;
  readonly chatId: string;
}

/** In UTF-16 units, as clients count. */
const CONTENT_LIMIT = 256;

type ContentRefusal = 'content_empty' | 'content_too_long' | 'content_invalid';

/** Why this text cannot be a message; null when it can. */
function contentRefusal(content: string): ContentRefusal | null {
  if (content.trim() === '') return 'content_empty';
  if (content.length > CONTENT_LIMIT) return 'content_too_long';
  if (content.includes('\u0000') || !content.isWellFormed()) return 'content_invalid';
  return null;
}

export type MessageRefusal =
  | ContentRefusal
  | 'chat_not_found'
  | 'message_not_found'
  | 'own_message'
  | 'blocked'
  | 'id_conflict';

type MessageDecision = Decision<MessageEvent, MessageRefusal>;

/** `relationship` is that of the chat which the command names. */
function decide(command: MessageCommand, message: Message, relationship: Relationship): MessageDecision {
  switch (command.type) {
    case 'send_message':
      return send(command, message, relationship);
    case 'like_message':
    case 'unlike_message':
      return setLike(command, message, relationship);
    default:
      return command satisfies never;
  }
}

/**
 * Whether the chat is theirs is looked at before all else, so that nobody learns which ids are used elsewhere.
 * A resend of what is stored is accepted whatever has happened since, a block included.
 */
function send(command: SendMessage, message: Message, relationship: Relationship): MessageDecision {
  const { messageId, chatId, actor: sender, content, timestamp, date } = command;
  const chat = chatOf(relationship, sender);
  if (chat?.chatId !== chatId) return refused('chat_not_found');
  const unfit = contentRefusal(content);
  if (unfit) return refused(unfit);
  if (message) return isResend(command, message) ? accepted() : refused('id_conflict');
  if (relationship.blockers.length > 0) return refused('blocked');
  return accepted({
    type: 'MessageSent',
    data: { messageId, chatId, sender, recipient: chat.other, content, timestamp, date },
  });
}

const isResend = (command: SendMessage, message: NonNullable<Message>): boolean =>
  message.chatId === command.chatId &&
  message.content === command.content &&
  sameUser(message.sender, command.actor);

/** A like that is as wanted already is accepted, also after a block: a repeated command is answered as the first was. */
function setLike(
  command: LikeMessage | UnlikeMessage,
  message: Message,
  relationship: Relationship,
): MessageDecision {
  const { chatId, actor, date } = command;
  if (chatOf(relationship, actor)?.chatId !== chatId) return refused('chat_not_found');
  if (message?.chatId !== chatId) return refused('message_not_found');
  if (sameUser(message.sender, actor)) return refused('own_message');
  const liked = command.type === 'like_message';
  if (message.isLiked === liked) return accepted();
  if (relationship.blockers.length > 0) return refused('blocked');
  const { messageId, sender, recipient } = message;
  return accepted({
    type: liked ? 'MessageLiked' : 'MessageUnliked',
    data: { messageId, chatId, sender, recipient, date },
  });
}

export const messageDecider: Decider<Message, MessageCommand, MessageEvent, MessageRefusal, Relationship> = {
  initial: null,
  evolve,
  decide,
};
