import type { RallyErrorCode } from './rally-error.ts';
import type { Readable } from './readable.ts';

/** A message on its way: stored before it is sent, so that neither a reload nor a crash loses it. */
export interface PendingMessage {
  /** The client's own message id; the server's message has the same. */
  readonly id: string;
  readonly chatId: string;
  readonly content: string;
  /** Milliseconds since 1970, by this machine's clock. */
  readonly createdAt: number;
  /** `failed`: it is not sent again by itself; `reason` says why. */
  readonly state: 'waiting' | 'sending' | 'failed';
  readonly reason?: RallyErrorCode | 'expired' | 'quarantined';
}

/**
 * Sends messages in the order in which they were written, one at a time in each chat, again after every lost connection,
 * until an ack or the push of the message itself says that it is stored. Kept for each user, for 24 h at most.
 */
export interface Outbox {
  /** Of the chat, oldest first. The same reference until something changes. */
  pending(chatId: string): Readable<readonly PendingMessage[]>;
  /** Takes it; it is stored, and sent as soon as there is a connection. */
  send(chatId: string, content: string): PendingMessage;
  /** One that failed, with the same id. Nothing else. */
  retry(id: string): void;
  /** Takes one out that failed, or that waits. */
  discard(id: string): void;
}
