import type { Message } from '../message/evolve.ts';

export type ReadingCommand = ReadMessages;

export interface ReadMessages {
  readonly type: 'ReadMessages';
  readonly reader: string;
  /** null: there is no such message. `position` is its place in the log. */
  readonly upTo: { readonly message: NonNullable<Message>; readonly position: bigint } | null;
  /** The chat in which the client believes the message to be; null when it did not say. */
  readonly chatId: string | null;
  readonly date: string;
}
