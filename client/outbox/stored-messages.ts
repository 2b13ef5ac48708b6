import type { KeyValueStorage } from '../environment.ts';
import type { PendingMessage } from '../outbox.ts';

/** A message as it is kept, and by which tab. */
export interface KeptMessage {
  readonly message: PendingMessage;
  readonly tab: string;
}

/** The messages of each user that are on their way, in the storage that tabs share. */
export class StoredMessages {
  readonly #storage: KeyValueStorage;

  constructor(storage: KeyValueStorage) {
    this.#storage = storage;
  }

  keep(username: string, { message, tab }: KeptMessage): void {
    const { id, chatId, content, createdAt, state, reason } = message;
    const isFailed = state === 'failed';
    const value = { tab, chatId, content, createdAt, ...(isFailed && { reason }) };
    this.#storage.setItem(prefixOf(username) + id, JSON.stringify(value));
  }

  forget(username: string, id: string): void {
    this.#storage.removeItem(prefixOf(username) + id);
  }

  of(username: string): readonly KeptMessage[] {
    const prefix = prefixOf(username);
    return this.#storage
      .keys()
      .filter((key) => key.startsWith(prefix) && key.length === prefix.length + ID_LENGTH)
      .flatMap((key) => readMessage(key.slice(prefix.length), this.#storage.getItem(key)) ?? []);
  }
}

const ID_LENGTH = 36;

/** Names compare in any case. An id has no dot: so no user's keys begin as another's. */
const prefixOf = (username: string) => `rally.outbox.${username.toLowerCase()}.`;

/** null: somebody else has written something else. */
function readMessage(id: string, text: string | null): KeptMessage | null {
  try {
    const value: unknown = JSON.parse(text ?? '');
    if (!isKept(value)) return null;
    const { tab, reason, ...rest } = value;
    const message: PendingMessage =
      reason === undefined ? { id, ...rest, state: 'waiting' } : { id, ...rest, state: 'failed', reason };
    return { tab, message };
  } catch {
    return null;
  }
}

interface Kept {
  readonly tab: string;
  readonly chatId: string;
  readonly content: string;
  readonly createdAt: number;
  readonly reason?: NonNullable<PendingMessage['reason']>;
}

const isKept = (value: unknown): value is Kept =>
  typeof value === 'object' &&
  value !== null &&
  'tab' in value &&
  typeof value.tab === 'string' &&
  'chatId' in value &&
  typeof value.chatId === 'string' &&
  'content' in value &&
  typeof value.content === 'string' &&
  'createdAt' in value &&
  typeof value.createdAt === 'number';
