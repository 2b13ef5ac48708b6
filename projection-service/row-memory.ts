import { LRUCache } from 'lru-cache';
import type { ChatsTable } from '../read-models/tables.ts';

/** More than a batch touches, and than talk at the same time; some five megabytes. */
const REMEMBERED_CHATS = 10_000;

/**
 * The rows that a leader has read or written last, as they stand in the database: nobody else writes them. After a
 * write that failed nobody knows what stands there; then all of it has to be forgotten.
 */
export class RowMemory {
  readonly #chats = new LRUCache<string, Readonly<ChatsTable>>({ max: REMEMBERED_CHATS });

  /** undefined: not remembered, which says nothing of the database. */
  chat(chatId: string): Readonly<ChatsTable> | undefined {
    return this.#chats.get(chatId);
  }

  /** Takes the rows over: they must not be changed any more. */
  remember(chats: Iterable<Readonly<ChatsTable>>): void {
    for (const chat of chats) this.#chats.set(chat.chat_id, chat);
  }

  forget(): void {
    this.#chats.clear();
  }
}
