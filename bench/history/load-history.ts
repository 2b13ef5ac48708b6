import { randomUUID } from 'node:crypto';
import type { MessageSent } from '../../domain/message.ts';
import type { EventStore } from '../../platform/event-store/event-store.ts';
import { streamOf } from '../../platform/event-store/stream-name.ts';
import { appendMany, appendNew } from './append-new.ts';
import type { HistoryChat, HistoryPeople } from './history-people.ts';

const BEGINNING = Date.parse('2024-01-01T00:00:00.000Z');
const SECOND_MS = 1000;

/** Users and their chats, written through the event store as the command service would write them. */
export async function loadPeople(store: EventStore, { partners, chats }: HistoryPeople): Promise<void> {
  const date = new Date(BEGINNING).toISOString();
  await Promise.all([
    ...partners.map((username) =>
      appendNew(store, streamOf('user', username), username, {
        type: 'UserRegistered',
        data: { username, nickname: username, avatar: '', date },
      }),
    ),
    ...chats.map(({ chatId, participants }) =>
      appendNew(store, streamOf('relationship', chatId), participants[0], {
        type: 'ChatStarted',
        data: { chatId, participants, date },
      }),
    ),
  ]);
}

/** So many messages, spread over the chats, said by both sides in turn. */
export async function loadMessages(
  store: EventStore,
  chats: readonly HistoryChat[],
  count: number,
): Promise<void> {
  await appendMany(count, (number) => appendMessage(store, chats, number));
}

async function appendMessage(
  store: EventStore,
  chats: readonly HistoryChat[],
  number: number,
): Promise<void> {
  const chat = chats[number % chats.length];
  if (!chat) throw new RangeError('a history needs chats');
  const event = messageOf(chat, number, Math.floor(number / chats.length) % 2 === 0);
  await appendNew(store, streamOf('message', event.data.messageId), event.data.sender, event);
}

function messageOf(
  { chatId, participants: [a, b] }: HistoryChat,
  number: number,
  byFirst: boolean,
): MessageSent {
  const date = new Date(BEGINNING + number * SECOND_MS).toISOString();
  return {
    type: 'MessageSent',
    data: {
      messageId: randomUUID(),
      chatId,
      sender: byFirst ? a : b,
      recipient: byFirst ? b : a,
      content: `Best of three tonight? I have won ${number} games so far.`,
      timestamp: date,
      date,
    },
  };
}
