import type { MessageLiked, MessageSent, MessageUnliked } from '../../domain/message.ts';
import type { MessagesRead } from '../../domain/reading.ts';
import type { ChatStarted } from '../../domain/relationship.ts';
import { defineRoom, type Out, UnprojectableEvent } from '../room.ts';
import { userKey } from '../user-key.ts';
import { ChatRows } from './rows.ts';
import { newMessageFrame } from './sent-messages.ts';
import { type ChatsTable, CREATE_CHATS, NO_MESSAGES } from './tables.ts';

/** `remembered`: how many rows, where it is not as many as usual. */
export const chatsRoom = (remembered?: ConstructorParameters<typeof ChatRows>[0]) =>
  defineRoom({
    name: 'chats',
    tables: ['chats', 'messages', 'likes', 'read_markers'],
    migrations: { 'chats-1-create': CREATE_CHATS },
    open: () => new ChatRows(remembered),
    project: {
      ChatStarted: (rows, { event }, out) => startChat(rows, event.data, out),
      MessageSent: (rows, { event, position }, out) => addMessage(rows, event.data, position, out),
      MessageLiked: (rows, { event }, out) => setLike(rows, event.data, true, out),
      MessageUnliked: (rows, { event }, out) => setLike(rows, event.data, false, out),
      MessagesRead: (rows, { event }, out) => markRead(rows, event.data, out),
      UserErased: (rows, { event }) => rows.blankMessagesOf(userKey(event.data.username)),
      // Of what was under way when the user was erased, too.
      ErasureCompleted: (rows, { event }) => rows.blankMessagesOf(userKey(event.data.username)),
    },
  });

export const chats = chatsRoom();

function startChat(rows: ChatRows, { chatId, participants }: ChatStarted['data'], out: Out): void {
  const [first, second] = [userKey(participants[0]), userKey(participants[1])];
  const [user_a, user_b] = first < second ? [first, second] : [second, first];
  rows.setChat({
    chat_id: chatId,
    user_a,
    user_b,
    sent_a: 0,
    sent_b: 0,
    read_a: 0,
    read_b: 0,
    last_position: NO_MESSAGES,
    order_position: NO_MESSAGES,
  });
  out.count(user_a, 'chats', 1);
  out.count(user_b, 'chats', 1);
}

/** Its row holds all that its frame says, so a tab that was away gets it from there. */
function addMessage(rows: ChatRows, data: MessageSent['data'], position: bigint, out: Out): void {
  const { messageId, chatId, sender, recipient, content, timestamp, date } = data;
  const [sender_key, recipientKey] = [userKey(sender), userKey(recipient)];
  const chat = chatOf(rows, chatId);
  const { sent_a, sent_b } = chat;
  const isOfA = sideOf(chat, sender_key) === 'a';
  const number = (isOfA ? sent_a : sent_b) + 1;
  rows.putFirst({
    ...chat,
    sent_a: isOfA ? number : sent_a,
    sent_b: isOfA ? sent_b : number,
    last_position: position,
  });
  rows.addMessage({
    chat_id: chatId,
    position,
    message_id: messageId,
    sender_key,
    number,
    content,
    timestamp,
    date,
  });
  out.count(recipientKey, 'unread_messages', 1);
  out.rowFrame(
    { users: [sender_key, recipientKey] },
    newMessageFrame({ chat_id: chatId, id: messageId, content, date, sender, timestamp }),
  );
}

function setLike(
  rows: ChatRows,
  { messageId, chatId, sender, recipient }: (MessageLiked | MessageUnliked)['data'],
  is_liked: boolean,
  out: Out,
): void {
  rows.setLike(messageId, is_liked);
  out.frame(
    { users: [userKey(sender), userKey(recipient)] },
    { action: 'like_message', data: { chat_id: chatId, id: messageId, is_liked } },
  );
}

/** The number of the newest message read is how many are read: nothing is counted. */
function markRead(
  rows: ChatRows,
  { chatId, reader, author, messageId, messagePosition, date }: MessagesRead['data'],
  out: Out,
): void {
  const position = BigInt(messagePosition);
  const readerKey = userKey(reader);
  const number = rows.numberAt(position);
  if (number === undefined) throw new UnprojectableEvent('of a message that is not there');
  const chat = chatOf(rows, chatId);
  const read = sideOf(chat, readerKey) === 'a' ? 'read_a' : 'read_b';
  rows.setChat({ ...chat, [read]: number });
  rows.addMarker({ chat_id: chatId, reader_key: readerKey, position, date });
  out.count(readerKey, 'unread_messages', chat[read] - number);
  out.frame(
    { users: [readerKey, userKey(author)] },
    { action: 'read_message', data: { chat_id: chatId, id: messageId, reader, date } },
  );
}

function chatOf(rows: ChatRows, chatId: string): Readonly<ChatsTable> {
  const chat = rows.chat(chatId);
  if (!chat) throw new UnprojectableEvent('in a chat that was never started');
  return chat;
}

/** Which columns of the chat are this user's. Throws `UnprojectableEvent` for somebody who is not in it. */
function sideOf(chat: Readonly<ChatsTable>, key: string): 'a' | 'b' {
  if (chat.user_a === key) return 'a';
  if (chat.user_b === key) return 'b';
  throw new UnprojectableEvent('by someone who is not in the chat');
}
