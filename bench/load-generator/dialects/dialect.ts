import type { MessageNumber } from '../message-id.ts';

export interface OutgoingMessage {
  readonly id: string;
  readonly sequence: number;
  readonly chatId: string;
  readonly recipient: string;
  readonly content: string;
}

/** What a tab's connection tells. */
export interface TabEvents {
  /** The tab is known to the server and receives from now on. */
  ready(): void;
  /** One of the tab's own messages is durably stored. */
  acked(sequence: number): void;
  /** Not stored, as far as the server knows, and worth another try with the same id. */
  refused(id: string): void;
  delivered(message: MessageNumber): void;
  /** Anything else that the server says. */
  unexpected(payload: string): void;
}

/** How a system's tabs speak, in text frames of a WebSocket. */
export interface Dialect {
  message(message: OutgoingMessage): string;
  received(payload: string, events: TabEvents, reply: (payload: string) => void): void;
}
