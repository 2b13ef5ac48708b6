import { expect, test } from 'vitest';
import type { RecordedEvent } from '../../platform/event-store/event-store.ts';
import { OwnTail } from '../../platform/event-store/postgres/subscription.ts';
import { messageSent } from './events.ts';

const ALL = { prefixes: [], limit: 100 };

const recorded = (position: number, stream = 'message-1'): RecordedEvent => ({
  ...messageSent(),
  position: BigInt(position),
  stream,
  revision: 0,
});

function tailOf(maxEvents: number, ...batches: (readonly number[])[]): OwnTail {
  const tail = new OwnTail(maxEvents);
  for (const batch of batches) tail.add(batch.map((position) => recorded(position)));
  return tail;
}

const positions = (tail: OwnTail, after: number, limit = 100) =>
  tail.after(BigInt(after), { prefixes: [], limit })?.events.map(({ position }) => Number(position)) ?? null;

test('what follows upon a position, when all of it is there', () => {
  const tail = tailOf(10, [5, 6], [7]);
  expect(positions(tail, 4)).toEqual([5, 6, 7]);
  expect(positions(tail, 6)).toEqual([7]);
  expect(positions(tail, 3)).toBeNull();
  expect(positions(tail, 7)).toBeNull();
  expect(positions(tail, 9)).toBeNull();
});

test('others have appended in between: what is before the gap is of no use', () => {
  const tail = tailOf(10, [5, 6], [8]);
  expect(positions(tail, 4)).toBeNull();
  expect(positions(tail, 6)).toBeNull();
  expect(positions(tail, 7)).toEqual([8]);
});

test('answers that come in another order than they were stored', () => {
  const tail = tailOf(10, [7, 8], [5, 6], [9]);
  expect(positions(tail, 4)).toBeNull();
  expect(positions(tail, 6)).toEqual([7, 8, 9]);
});

test('nothing was stored', () => {
  expect(positions(tailOf(10, [], [5], []), 4)).toEqual([5]);
});

test('it forgets the oldest', () => {
  const tail = tailOf(2, [1, 2], [3, 4], [5]);
  expect(positions(tail, 0)).toBeNull();
  expect(positions(tail, 3)).toEqual([4, 5]);
});

test('a limit, and only some streams', () => {
  const tail = new OwnTail(10);
  tail.add([recorded(1, 'user-ann'), recorded(2), recorded(3, 'user-bob'), recorded(4)]);
  expect(positions(tail, 1, 2)).toEqual([2, 3]);
  const users = tail.after(0n, { ...ALL, prefixes: ['chat-', 'user-'] });
  expect(users?.events.map(({ stream }) => stream)).toEqual(['user-ann', 'user-bob']);
  expect(users?.position).toBe(4n);
  expect(tail.after(0n, { ...ALL, prefixes: ['chat-'] })).toEqual({ events: [], position: 4n });
});
