import { LRUCache } from 'lru-cache';
import type { ChatsTable } from '../read-models/tables.ts';
import type { Changes } from './changes.ts';

/** More than a batch touches, and than talk at the same time; some five megabytes. */
const REMEMBERED_CHATS = 10_000;
const REMEMBERED_USERS = 20_000;

/**
 * The rows that a leader has read or written last, as they stand in the database: nobody else writes them. After a
 * write that failed nobody knows what stands there; then all of it has to be forgotten.
 */
export class RowMemory {
  readonly #chats = new LRUCache<string, Readonly<ChatsTable>>({ max: REMEMBERED_CHATS });
  readonly #firsts = new LRUCache<string, bigint>({ max: REMEMBERED_USERS });

  /** undefined: not remembered, which says nothing of the database. */
  chat(chatId: string): Readonly<ChatsTable> | undefined {
    return this.#chats.get(chatId);
  }

  /** `order_position` of the chat that is first on the user's list; undefined: not remembered. */
  first(userKey: string): bigint | undefined {
    return this.#firsts.get(userKey);
  }

  /** Takes the rows over: they must not be changed any more. */
  remember({ chats, firsts }: Pick<Changes, 'chats' | 'firsts'>): void {
    for (const [chatId, chat] of chats) this.#chats.set(chatId, chat);
    for (const [userKey, first] of firsts) this.#firsts.set(userKey, first);
  }

  forget(): void {
    this.#chats.clear();
    this.#firsts.clear();
  }
}
