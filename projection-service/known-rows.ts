import type pg from 'pg';
import type { MessagesRead } from '../domain/reading.ts';
import type { RecordedEvent } from '../platform/event-store/event-store.ts';
import type { ChatsTable } from '../read-models/tables.ts';
import { fromEvents } from '../read-models/unprojectable-event.ts';
import { userKey } from '../read-models/user-key.ts';
import type { Leadership } from './leadership.ts';
import type { RowMemory } from './row-memory.ts';

/** The rows that a batch builds on, as they were before it. */
export interface KnownRows extends KnownChats {
  /** `messages.number` of those earlier ones that the batch marks as read, by position. */
  readonly numbers: ReadonlyMap<bigint, number>;
}

interface KnownChats {
  /** By chat id. */
  readonly chats: Map<string, Readonly<ChatsTable>>;
  /** `order_position` of the chat that is first on a user's list, by the keys of the users of `chats`. */
  readonly firsts: Map<string, bigint>;
}

/** Reads what the leader does not remember: mostly nothing. */
export async function loadKnownRows(
  { client, memory }: Leadership,
  events: readonly RecordedEvent[],
): Promise<KnownRows> {
  const known: KnownChats = { chats: new Map(), firsts: new Map() };
  const missing = new Set<string>();
  const markers: MessagesRead['data'][] = [];
  for (const { event } of events) {
    if (event.type !== 'MessageSent' && event.type !== 'MessagesRead') continue;
    if (event.type === 'MessagesRead') markers.push(event.data);
    const { chatId } = event.data;
    if (!known.chats.has(chatId) && !recall(memory, chatId, known)) missing.add(chatId);
  }
  if (missing.size > 0) {
    const loaded = await loadChats(client, [...missing]);
    memory.remember(loaded);
    for (const [chatId, chat] of loaded.chats) known.chats.set(chatId, chat);
    for (const [userKey, first] of loaded.firsts) known.firsts.set(userKey, first);
  }
  const first = events[0]?.position ?? 0n;
  return { ...known, numbers: await numbersOf(client, known.chats, markers, first) };
}

/** Whether the chat is remembered with all that belongs to it. */
function recall(memory: RowMemory, chatId: string, { chats, firsts }: KnownChats): boolean {
  const chat = memory.chat(chatId);
  const firstOfA = chat && memory.first(chat.user_a);
  const firstOfB = chat && memory.first(chat.user_b);
  if (!chat || firstOfA === undefined || firstOfB === undefined) return false;
  chats.set(chatId, chat);
  firsts.set(chat.user_a, firstOfA).set(chat.user_b, firstOfB);
  return true;
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
    const position = fromEvents(() => BigInt(marker.messagePosition));
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

async function loadChats(client: pg.ClientBase, ids: string[]): Promise<KnownChats> {
  const { rows } = await client.query<ChatsTable & { first_of_a: bigint; first_of_b: bigint }>({
    name: 'chats',
    text: `select c.*, ${firstOf('c.user_a')} as first_of_a, ${firstOf('c.user_b')} as first_of_b
      from chats c where chat_id = any($1::uuid[])`,
    values: [ids],
  });
  const loaded: KnownChats = { chats: new Map(), firsts: new Map() };
  for (const { first_of_a, first_of_b, ...chat } of rows) {
    loaded.chats.set(chat.chat_id, chat);
    loaded.firsts.set(chat.user_a, first_of_a).set(chat.user_b, first_of_b);
  }
  return loaded;
}

const firstOf = (user: string): string => `greatest(
  (select order_position from chats where user_a = ${user} order by order_position desc limit 1),
  (select order_position from chats where user_b = ${user} order by order_position desc limit 1))`;

async function loadNumbers(client: pg.ClientBase, markers: readonly MessagesRead['data'][]) {
  const { rows } = await client.query<{ position: bigint; number: number }>({
    name: 'numbers',
    text: `select m.position, m.number from unnest($1::uuid[], $2::bigint[]) marked (chat_id, position)
      join messages m on m.chat_id = marked.chat_id and m.position = marked.position`,
    values: [markers.map(({ chatId }) => chatId), markers.map(({ messagePosition }) => messagePosition)],
  });
  return rows;
}
