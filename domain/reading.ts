import { accepted, type Decider, type Decision, type Issued, refused } from './decider.ts';
import type { Message } from './message.ts';
import { sameUser } from './username.ts';

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

/** The newest message read, by its place in the log; null: nothing read yet. Only ever moves forward. */
export type Marker = { readonly position: bigint } | null;

/** Each event is ahead of all before it, so the stream's last event alone tells the marker. Ignores what it does not know. */
function evolve(marker: Marker, event: ReadingEvent): Marker {
  if (event.type !== 'MessagesRead') return marker;
  const position = placeFrom(event.data.messagePosition);
  if (position === null || (marker && marker.position >= position)) return marker;
  return { position };
}

/** A place in the log, as events tell it; null: the text is none. */
export const placeFrom = (decimal: string): bigint | null => (/^\d+$/.test(decimal) ? BigInt(decimal) : null);

export type ReadingCommand = ReadMessage;

export interface ReadMessage extends Issued {
  readonly type: 'read_message';
  readonly messageId: string;
  /** The chat in which the client believes the message to be; null when it did not say. */
  readonly chatId: string | null;
}

export type ReadingRefusal = 'message_not_found' | 'own_message';

/** The message that the command names, and its place in the log; null: there is none. */
export type MessageInLog = { readonly message: NonNullable<Message>; readonly position: bigint } | null;

function decide(
  command: ReadingCommand,
  marker: Marker,
  upTo: MessageInLog,
): Decision<ReadingEvent, ReadingRefusal> {
  const { actor: reader, chatId, date } = command;
  if (!upTo) return refused('message_not_found');
  const { message, position } = upTo;
  if (chatId !== null && chatId !== message.chatId) return refused('message_not_found');
  if (sameUser(message.sender, reader)) return refused('own_message');
  if (!sameUser(message.recipient, reader)) return refused('message_not_found');
  if (marker && position <= marker.position) return accepted();
  return accepted({
    type: 'MessagesRead',
    data: {
      chatId: message.chatId,
      reader,
      author: message.sender,
      messageId: message.messageId,
      messagePosition: position.toString(),
      date,
    },
  });
}

export const readingDecider: Decider<Marker, ReadingCommand, ReadingEvent, ReadingRefusal, MessageInLog> = {
  initial: null,
  evolve,
  decide,
};
