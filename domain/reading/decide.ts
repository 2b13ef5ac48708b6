import { accepted, type Decider, type Decision, refused } from '../decider.ts';
import type { Message } from '../message/evolve.ts';
import { sameUser } from '../username.ts';
import type { ReadingCommand } from './commands.ts';
import type { ReadingEvent } from './events.ts';
import { evolveMarker, initialMarker, type Marker } from './evolve.ts';

export type ReadingRefusal = 'message_not_found' | 'own_message';

/** The message up to which is read, and its place in the log; null: there is no such message. */
export type MessageInLog = { readonly message: NonNullable<Message>; readonly position: bigint } | null;

function decideReading(
  command: ReadingCommand,
  marker: Marker,
  upTo: MessageInLog,
): Decision<ReadingEvent, ReadingRefusal> {
  const { reader, chatId, date } = command;
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

export const readingDecider: Decider<Marker, ReadingCommand, ReadingEvent, ReadingRefusal, [MessageInLog]> = {
  initial: initialMarker,
  evolve: evolveMarker,
  decide: decideReading,
};
