import { accepted, type Decider, type Decision, refused } from '../decider.ts';
import { chatOf, type Relationship } from '../relationship/evolve.ts';
import { sameUser } from '../username.ts';
import type { LikeMessage, MessageCommand, SendMessage, UnlikeMessage } from './commands.ts';
import { type ContentRefusal, contentRefusal } from './content.ts';
import type { MessageEvent } from './events.ts';
import { evolveMessage, initialMessage, type Message } from './evolve.ts';

export type MessageRefusal =
  | ContentRefusal
  | 'chat_not_found'
  | 'message_not_found'
  | 'own_message'
  | 'blocked'
  | 'id_conflict';

type MessageDecision = Decision<MessageEvent, MessageRefusal>;

/** `relationship` is that of the chat which the command names. */
function decideMessage(
  command: MessageCommand,
  message: Message,
  relationship: Relationship,
): MessageDecision {
  switch (command.type) {
    case 'SendMessage':
      return send(command, message, relationship);
    case 'LikeMessage':
    case 'UnlikeMessage':
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
  const { messageId, chatId, sender, content, timestamp, date } = command;
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
  sameUser(message.sender, command.sender);

/** A like that is as wanted already is accepted, also after a block: a repeated command is answered as the first was. */
function setLike(
  command: LikeMessage | UnlikeMessage,
  message: Message,
  relationship: Relationship,
): MessageDecision {
  const { chatId, user, date } = command;
  if (chatOf(relationship, user)?.chatId !== chatId) return refused('chat_not_found');
  if (message?.chatId !== chatId) return refused('message_not_found');
  if (sameUser(message.sender, user)) return refused('own_message');
  const liked = command.type === 'LikeMessage';
  if (message.isLiked === liked) return accepted();
  if (relationship.blockers.length > 0) return refused('blocked');
  const { messageId, sender, recipient } = message;
  return accepted({
    type: liked ? 'MessageLiked' : 'MessageUnliked',
    data: { messageId, chatId, sender, recipient, date },
  });
}

export const messageDecider: Decider<Message, MessageCommand, MessageEvent, MessageRefusal, [Relationship]> =
  {
    initial: initialMessage,
    evolve: evolveMessage,
    decide: decideMessage,
  };
