export type ReadingCommand = ReadMessages;

export interface ReadMessages {
  readonly type: 'ReadMessages';
  readonly reader: string;
  /** The chat in which the client believes the message to be; null when it did not say. */
  readonly chatId: string | null;
  readonly date: string;
}
