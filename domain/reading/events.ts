/** Stream `reading-<chat>-<reader>`: how far one side of a chat has read the other. */
export type ReadingEvent = MessagesRead;

/** That message and every earlier one of `author` in the chat are read. */
export interface MessagesRead {
  readonly type: 'MessagesRead';
  readonly data: {
    readonly chatId: string;
    readonly reader: string;
    readonly author: string;
    readonly messageId: string;
    /** The message's place in the log, a decimal integer. */
    readonly messagePosition: string;
    readonly date: string;
  };
}
