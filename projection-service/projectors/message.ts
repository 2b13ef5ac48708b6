import type { MessageEvent, MessageLiked, MessageSent, MessageUnliked } from '../../domain/message.ts';
import { userKey } from '../../read-models/user-key.ts';
import { addFrame, type Changes, countersOf } from '../changes.ts';
import type { KnownRows } from '../known-rows.ts';
import { chatOf, sideOf } from './chat-of.ts';
import { putFirst } from './chat-order.ts';

/**
 * A frame to both participants for every event. Throws `UnprojectableEvent` for a message
 * in a chat that was never started or of somebody who is not in it.
 */
export function projectMessage(
  changes: Changes,
  known: KnownRows,
  event: MessageEvent,
  position: bigint,
): void {
  switch (event.type) {
    case 'MessageSent':
      addMessage(changes, known, event.data, position);
      break;
    case 'MessageLiked':
    case 'MessageUnliked':
      setLike(changes, event, position);
      break;
    default:
      event satisfies never;
  }
}

function addMessage(changes: Changes, known: KnownRows, data: MessageSent['data'], position: bigint): void {
  const { messageId, chatId, sender, recipient, content, timestamp, date } = data;
  const [sender_key, recipientKey] = [userKey(sender), userKey(recipient)];
  const chat = chatOf(changes, known, chatId);
  const number = sideOf(chat, sender_key) === 'a' ? ++chat.sent_a : ++chat.sent_b;
  chat.last_position = position;
  putFirst(changes, known, chat, position);
  countersOf(changes, recipientKey).unreadMessages += 1;
  changes.messages.set(position, {
    chat_id: chatId,
    position,
    message_id: messageId,
    sender_key,
    number,
    content,
    date,
  });
  addFrame(
    changes,
    {
      action: 'new_message',
      data: {
        chat_id: chatId,
        id: messageId,
        content,
        date,
        sender,
        timestamp,
        is_read: false,
        is_liked: false,
      },
    },
    { position, date, audience: [sender_key, recipientKey] },
  );
}

function setLike(changes: Changes, { type, data }: MessageLiked | MessageUnliked, position: bigint): void {
  const { messageId, chatId, sender, recipient, date } = data;
  const is_liked = type === 'MessageLiked';
  changes.likes.set(messageId, is_liked);
  addFrame(
    changes,
    { action: 'like_message', data: { chat_id: chatId, id: messageId, is_liked } },
    { position, date, audience: [userKey(sender), userKey(recipient)] },
  );
}
