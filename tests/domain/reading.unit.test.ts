import { describe, expect, it } from 'vitest';
import { type MessagesRead, type ReadMessage, readingDecider } from '../../domain/reading.ts';
import { specification } from '../support/decider-specification.ts';

const given = specification(readingDecider);
const date = '2026-01-02T03:04:05.678Z';
const message = {
  messageId: 'message',
  chatId: 'chat',
  sender: 'Ann',
  recipient: 'Bob',
  content: 'hello',
  isLiked: false,
};
const read: ReadMessage = { type: 'read_message', actor: 'Bob', messageId: 'message', chatId: null, date };
const at = (position: bigint) => ({ message, position });
const readTo = (messagePosition: string): MessagesRead => ({
  type: 'MessagesRead',
  data: { chatId: 'chat', reader: 'Bob', author: 'Ann', messageId: 'message', messagePosition, date },
});

describe('reading', () => {
  it('sets the marker, with or without the chat being named', () => {
    given().when(read, at(7n)).thenEvents(readTo('7'));
    given()
      .when({ ...read, chatId: 'chat' }, at(7n))
      .thenEvents(readTo('7'));
  });

  it('moves the marker forward, beyond what a number can count', () => {
    given(readTo('9007199254740992'))
      .when(read, at(9007199254740993n))
      .thenEvents(readTo('9007199254740993'));
  });

  it('at or below the marker changes nothing', () => {
    given(readTo('7')).when(read, at(7n)).thenNothing();
    given(readTo('10')).when(read, at(9n)).thenNothing();
  });

  it('the very first message of the log counts', () => {
    given().when(read, at(0n)).thenEvents(readTo('0'));
    given(readTo('0')).when(read, at(0n)).thenNothing();
  });

  it('is refused for a message that is not there, in another chat or between others', () => {
    given().when(read, null).thenRefused('message_not_found');
    given()
      .when({ ...read, chatId: 'other' }, at(7n))
      .thenRefused('message_not_found');
    given()
      .when({ ...read, actor: 'Cleo' }, at(7n))
      .thenRefused('message_not_found');
  });

  it('is refused for an own message, unless another chat was named', () => {
    given()
      .when({ ...read, actor: 'aNN' }, at(7n))
      .thenRefused('own_message');
    given()
      .when({ ...read, actor: 'Ann', chatId: 'other' }, at(7n))
      .thenRefused('message_not_found');
  });
});

it('an event behind the marker, or without a place, leaves it', () => {
  for (const messagePosition of ['7', '06', '-8', '', 'eight']) {
    const marker = [readTo('7'), readTo(messagePosition)].reduce(
      readingDecider.evolve,
      readingDecider.initial,
    );
    expect(marker).toEqual({ position: 7n });
  }
});
