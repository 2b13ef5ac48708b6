import { beforeEach, describe, expect, it } from 'vitest';
import { DeliveryBook } from '../../bench/load-generator/delivery-book.ts';
import { messageNumberAt } from '../../bench/load-generator/message-id.ts';

const user = (username: string) => ({ username, path: '', headers: {} });
const CROWD = {
  tabsPerUser: 2,
  pairs: [
    {
      chatId: 'chat-0',
      users: [user('ann'), user('bob')] as [ReturnType<typeof user>, ReturnType<typeof user>],
    },
    {
      chatId: 'chat-1',
      users: [user('eve'), user('joe')] as [ReturnType<typeof user>, ReturnType<typeof user>],
    },
  ],
};
const [ANN, BOB, EVE] = [0, 1, 2];
const CLEAN = { lost: 0, doubled: 0, outOfOrder: 0, disagreeingChats: 0, unexpected: [] };

describe('the delivery book', () => {
  let book: DeliveryBook;
  const say = (speaker: number) => messageNumberAt(book.say(speaker, 1000).id, 0);
  const deliverTo = (
    receivers: readonly (readonly [user: number, tab: number])[],
    ...messages: ReturnType<typeof say>[]
  ) => {
    for (const [receiver, tab] of receivers)
      for (const message of messages) book.delivered(message, receiver, tab);
  };
  const [ANN0, ANN1, BOB0, BOB1] = [
    [ANN, 0],
    [ANN, 1],
    [BOB, 0],
    [BOB, 1],
  ] as const;
  const ALL = [ANN0, ANN1, BOB0, BOB1];

  beforeEach(() => {
    book = new DeliveryBook(CROWD);
  });

  it('finds no fault when each message is acked once and comes to each tab once, in order', () => {
    const messages = [say(ANN), say(BOB), say(ANN)];
    expect(book.outstanding).toBe(15);
    deliverTo(ALL, ...messages);
    book.acked(ANN, 1);
    book.acked(ANN, 0);
    book.acked(BOB, 0);
    expect(book.outstanding).toBe(0);
    expect(book.faults()).toEqual(CLEAN);
  });

  it('misses a push that did not come to one tab, and an ack', () => {
    const message = say(ANN);
    deliverTo([ANN0, ANN1, BOB0], message);
    expect(book.outstanding).toBe(2);
    expect(book.faults()).toMatchObject({ lost: 2, doubled: 0 });
  });

  it('sees a push and an ack that came twice', () => {
    const message = say(ANN);
    deliverTo([...ALL, BOB1], message);
    book.acked(ANN, 0);
    book.acked(ANN, 0);
    expect(book.faults()).toEqual({ ...CLEAN, doubled: 2, disagreeingChats: 0 });
    expect(book.outstanding).toBe(0);
  });

  it('sees that one sender’s messages overtook each other', () => {
    const [first, second] = [say(ANN), say(ANN)];
    deliverTo(ALL, second, first);
    expect(book.faults()).toMatchObject({ outOfOrder: 4, disagreeingChats: 0, doubled: 0 });
  });

  it('sees that two tabs disagree about the order of two senders', () => {
    const [ann, bob] = [say(ANN), say(BOB)];
    deliverTo([ANN0, ANN1, BOB0], ann, bob);
    deliverTo([BOB1], bob, ann);
    expect(book.faults()).toMatchObject({ outOfOrder: 0, disagreeingChats: 1 });
  });

  it('does not accept what belongs into another chat', () => {
    book.delivered(say(EVE), BOB, 0);
    expect(book.faults().unexpected).toEqual(['a message of another chat']);
  });

  it('tells latencies of the peer’s tabs only', () => {
    const heard: number[] = [];
    book.listener = { acked: () => {}, heardByPeer: (dueAt) => heard.push(dueAt) };
    deliverTo(ALL, say(ANN));
    expect(heard).toEqual([1000, 1000]);
  });
});
