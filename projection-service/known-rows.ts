import type pg from 'pg';
import type { RecordedEvent } from '../platform/event-store/event-store.ts';
import type { ChatsTable } from '../read-models/tables.ts';

/** The rows that a batch builds on, as they were before it. */
export interface KnownRows {
  /** By chat id. */
  readonly chats: ReadonlyMap<string, Readonly<ChatsTable>>;
  /** `messages.number` of those that the batch marks as read, by position. */
  readonly numbers: ReadonlyMap<bigint, number>;
}

/** Reads nothing when the batch builds on nothing. `client`'s search path is the read models' schema. */
export async function loadKnownRows(
  client: pg.ClientBase,
  events: readonly RecordedEvent[],
): Promise<KnownRows> {
  const chatIds = new Set<string>();
  const markedChats: string[] = [];
  const markedPositions: string[] = [];
  for (const { event } of events) {
    if (event.type === 'MessageSent') chatIds.add(event.data.chatId);
    if (event.type === 'MessagesRead') {
      chatIds.add(event.data.chatId);
      markedChats.push(event.data.chatId);
      markedPositions.push(event.data.messagePosition);
    }
  }
  const chats = chatIds.size > 0 ? await loadChats(client, [...chatIds]) : [];
  const marked = markedChats.length > 0 ? await loadNumbers(client, markedChats, markedPositions) : [];
  return {
    chats: new Map(chats.map((chat) => [chat.chat_id, chat])),
    numbers: new Map(marked.map(({ position, number }) => [position, number])),
  };
}

async function loadChats(client: pg.ClientBase, ids: string[]): Promise<ChatsTable[]> {
  const { rows } = await client.query<ChatsTable>({
    name: 'chats',
    text: 'select * from chats where chat_id = any($1::uuid[])',
    values: [ids],
  });
  return rows;
}

async function loadNumbers(client: pg.ClientBase, chatIds: string[], positions: string[]) {
  const { rows } = await client.query<{ position: bigint; number: number }>({
    name: 'numbers',
    text: `select m.position, m.number from unnest($1::uuid[], $2::bigint[]) marked (chat_id, position)
      join messages m on m.chat_id = marked.chat_id and m.position = marked.position`,
    values: [chatIds, positions],
  });
  return rows;
}
