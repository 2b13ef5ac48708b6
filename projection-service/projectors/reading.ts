import type { ReadingEvent } from '../../domain/reading.ts';
import { UnprojectableEvent } from '../../read-models/unprojectable-event.ts';
import { userKey } from '../../read-models/user-key.ts';
import { addFrame, type Changes, countersOf } from '../changes.ts';
import type { KnownRows } from '../known-rows.ts';
import { chatOf, sideOf } from './chat-of.ts';

/** The number of the newest message read is how many are read: nothing is counted. */
export function projectReading(
  changes: Changes,
  known: KnownRows,
  { data }: ReadingEvent,
  position: bigint,
): void {
  const { chatId, reader, author, messageId, messagePosition, date } = data;
  const readerKey = userKey(reader);
  const upTo = BigInt(messagePosition);
  const read = numberOf(changes, known, upTo);
  const chat = chatOf(changes, known, chatId);
  const column = sideOf(chat, readerKey) === 'a' ? 'read_a' : 'read_b';
  countersOf(changes, readerKey).unreadMessages -= read - chat[column];
  chat[column] = read;
  changes.markers.push({ chat_id: chatId, reader_key: readerKey, position: upTo, date });
  addFrame(
    changes,
    { action: 'read_message', data: { chat_id: chatId, id: messageId, reader, date } },
    { position, date, audience: [readerKey, userKey(author)] },
  );
}

function numberOf(changes: Changes, known: KnownRows, position: bigint): number {
  const number = known.numbers.get(position) ?? changes.messages.get(position)?.number;
  if (number === undefined) throw new UnprojectableEvent('of a message that is not there');
  return number;
}
