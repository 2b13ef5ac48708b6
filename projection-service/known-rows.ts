import type pg from 'pg';
import type { MessagesRead } from '../domain/reading/events.ts';
import type { RecordedEvent } from '../platform/event-store/event-store.ts';
import type { ChatsTable } from '../read-models/tables.ts';
import { userKey } from '../read-models/user-key.ts';
import type { Leadership } from './leadership.ts';

/** The rows that a batch builds on, as they were before it. */
export interface KnownRows {
  /** By chat id. */
  readonly chats: ReadonlyMap<string, Readonly<ChatsTable>>;
  /** `messages.number` of those earlier ones that the batch marks as read, by position. */
  readonly numbers: ReadonlyMap<bigint, number>;
}

/** Reads what the leader does not remember: mostly nothing. */
export async function loadKnownRows(
  { client, memory }: Leadership,
  events: readonly RecordedEvent[],
): Promise<KnownRows> {
  const chats = new Map<string, Readonly<ChatsTable>>();
  const missing = new Set<string>();
  const markers: MessagesRead['data'][] = [];
  for (const { event } of events) {
    if (event.type !== 'MessageSent' && event.type !== 'MessagesRead') continue;
    if (event.type === 'MessagesRead') markers.push(event.data);
    const { chatId } = event.data;
    if (chats.has(chatId)) continue;
    const remembered = memory.chat(chatId);
    if (remembered) chats.set(chatId, remembered);
    else missing.add(chatId);
  }
  if (missing.size > 0) {
    const loaded = await loadChats(client, [...missing]);
    memory.remember(loaded);
    for (const chat of loaded) chats.set(chat.chat_id, chat);
  }
  const first = events[0]?.position ?? 0n;
  return { chats, numbers: await numbersOf(client, chats, markers, first) };
}

/** Of the marked messages before `first`. That of a chat's newest message is how many its author has sent. */
async function numbersOf(
  client: pg.ClientBase,
  chats: ReadonlyMap<string, Readonly<ChatsTable>>,
  markers: readonly MessagesRead['data'][],
  first: bigint,
): Promise<Map<bigint, number>> {
  const numbers = new Map<bigint, number>();
  const missing: MessagesRead['data'][] = [];
  for (const marker of markers) {
    const position = BigInt(marker.messagePosition);
    const chat = chats.get(marker.chatId);
    if (!chat || position >= first) continue;
    if (position === chat.last_position) numbers.set(position, sentBy(chat, marker.author));
    else missing.push(marker);
  }
  if (missing.length > 0) {
    for (const { position, number } of await loadNumbers(client, missing)) numbers.set(position, number);
  }
  return numbers;
}

const sentBy = (chat: Readonly<ChatsTable>, author: string): number =>
  userKey(author) === chat.user_a ? chat.sent_a : chat.sent_b;

async function loadChats(client: pg.ClientBase, ids: string[]): Promise<ChatsTable[]> {
  const { rows } = await client.query<ChatsTable>({
    name: 'chats',
    text: 'select * from chats where chat_id = any($1::uuid[])',
    values: [ids],
  });
  return rows;
}

async function loadNumbers(client: pg.ClientBase, markers: readonly MessagesRead['data'][]) {
  const { rows } = await client.query<{ position: bigint; number: number }>({
    name: 'numbers',
    text: `select m.position, m.number from unnest($1::uuid[], $2::bigint[]) marked (chat_id, position)
      join messages m on m.chat_id = marked.chat_id and m.position = marked.position`,
    values: [markers.map(({ chatId }) => chatId), markers.map(({ messagePosition }) => messagePosition)],
  });
  return rows;
}
