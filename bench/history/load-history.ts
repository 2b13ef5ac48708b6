import { randomUUID } from 'node:crypto';
import type { DomainEvent } from '../../domain/domain-event.ts';
import type { MessageSent } from '../../domain/message.ts';
import { type EventStore, type NewEvent, NO_STREAM } from '../../platform/event-store/event-store.ts';
import { type StreamName, streamOf } from '../../platform/event-store/stream-name.ts';
import type { HistoryChat, HistoryPeople } from './history-people.ts';

/** As many at a time as the store takes. */
const CHUNK = 10_000;
const BEGINNING = Date.parse('2024-01-01T00:00:00.000Z');
const SECOND_MS = 1000;

/** Users and their chats, written through the event store as the command service would write them. */
export async function loadPeople(store: EventStore, { partners, chats }: HistoryPeople): Promise<void> {
  const date = new Date(BEGINNING).toISOString();
  await Promise.all([
    ...partners.map((username) =>
      appendFirst(store, streamOf('user', username), username, {
        type: 'UserRegistered',
        data: { username, nickname: username, avatar: '', date },
      }),
    ),
    ...chats.map(({ chatId, participants }) =>
      appendFirst(store, streamOf('relationship', chatId), participants[0], {
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
  for (let chunk = 0; chunk < count; chunk += CHUNK) {
    const numbers = Array.from({ length: Math.min(CHUNK, count - chunk) }, (_, index) => chunk + index);
    await Promise.all(numbers.map((number) => appendMessage(store, chats, number)));
  }
}

async function appendMessage(
  store: EventStore,
  chats: readonly HistoryChat[],
  number: number,
): Promise<void> {
  const chat = chats[number % chats.length];
  if (!chat) throw new RangeError('a history needs chats');
  const event = messageOf(chat, number, Math.floor(number / chats.length) % 2 === 0);
  await appendFirst(store, streamOf('message', event.data.messageId), event.data.sender, event);
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

async function appendFirst<E extends DomainEvent>(
  store: EventStore,
  stream: StreamName<E>,
  actor: string,
  event: E,
): Promise<void> {
  const id = randomUUID();
  const metadata = { commandId: id, correlationId: id, causationId: id, actor, schemaVersion: '1' };
  const first: NewEvent<E> = { id, event, metadata };
  const { outcome } = await store.append(stream, NO_STREAM, [first]);
  if (outcome !== 'appended') throw new Error(`${stream} exists already`);
}
