import { describe, expect, it } from 'vitest';
import type { ReadMessages } from '../../domain/reading/commands.ts';
import { readingDecider } from '../../domain/reading/decide.ts';
import type { MessagesRead } from '../../domain/reading/events.ts';
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
const readUpTo = (position: bigint): ReadMessages => ({
  type: 'ReadMessages',
  reader: 'Bob',
  upTo: { message, position },
  chatId: null,
  date,
});
const readTo = (messagePosition: string): MessagesRead => ({
  type: 'MessagesRead',
  data: { chatId: 'chat', reader: 'Bob', author: 'Ann', messageId: 'message', messagePosition, date },
});

describe('reading', () => {
  it('sets the marker, with or without the chat being named', () => {
    given().when(readUpTo(7n)).thenEvents(readTo('7'));
    given()
      .when({ ...readUpTo(7n), chatId: 'chat' })
      .thenEvents(readTo('7'));
  });

  it('moves the marker forward, beyond what a number can count', () => {
    given(readTo('9007199254740992'))
      .when(readUpTo(9007199254740993n))
      .thenEvents(readTo('9007199254740993'));
  });

  it('at or below the marker changes nothing', () => {
    given(readTo('7')).when(readUpTo(7n)).thenNothing();
    given(readTo('10')).when(readUpTo(9n)).thenNothing();
  });

  it('the very first message of the log counts', () => {
    given().when(readUpTo(0n)).thenEvents(readTo('0'));
    given(readTo('0')).when(readUpTo(0n)).thenNothing();
  });

  it('is refused for a message that is not there, in another chat or between others', () => {
    given()
      .when({ ...readUpTo(7n), upTo: null })
      .thenRefused('message_not_found');
    given()
      .when({ ...readUpTo(7n), chatId: 'other' })
      .thenRefused('message_not_found');
    given()
      .when({ ...readUpTo(7n), reader: 'Cleo' })
      .thenRefused('message_not_found');
  });

  it('is refused for an own message, unless another chat was named', () => {
    given()
      .when({ ...readUpTo(7n), reader: 'aNN' })
      .thenRefused('own_message');
    given()
      .when({ ...readUpTo(7n), reader: 'Ann', chatId: 'other' })
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
