import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { EventStoreUnavailable, type ReadOptions } from '../../platform/event-store/event-store.ts';
import { ReadLane } from '../../platform/event-store/eventstoredb/read-lane.ts';

interface StartedRead {
  readonly stream: string;
  readonly timeoutMs: number;
  answer(found: string): void;
  fail(error: Error): void;
}

const WHOLE: ReadOptions = { direction: 'forwards', limit: 1000 };
const TIMEOUT_MS = 1000;
let started: StartedRead[];
let lane: ReadLane<string>;

beforeEach(() => {
  vi.useFakeTimers();
  started = [];
  const begin = (stream: string, timeoutMs: number) =>
    new Promise<string>((resolve, reject) => {
      started.push({ stream, timeoutMs, answer: resolve, fail: reject });
    });
  lane = new ReadLane({
    read: (stream, _, timeoutMs) => begin(stream, timeoutMs),
    readAt: (place, timeoutMs) => begin(`place ${place}`, timeoutMs),
    maxUnderWay: 2,
    timeoutMs: TIMEOUT_MS,
  });
});
afterEach(() => vi.useRealTimers());

function read(stream: string, options: ReadOptions = WHOLE): Promise<string> {
  const found = lane.read(stream, options);
  found.catch(() => {});
  return found;
}

const turn = () => vi.advanceTimersByTimeAsync(0);
const streams = () => started.map(({ stream }) => stream);
const startedRead = (index: number) => started[index] ?? expect.unreachable();

test('no more than the bound are under way; the others follow in the order of asking', async () => {
  for (const stream of ['a', 'b', 'c', 'd']) void read(stream);
  await turn();
  expect(streams()).toEqual(['a', 'b']);
  startedRead(1).answer('of b');
  await turn();
  expect(streams()).toEqual(['a', 'b', 'c']);
  startedRead(0).fail(new EventStoreUnavailable('away'));
  await turn();
  expect(streams()).toEqual(['a', 'b', 'c', 'd']);
});

test('who asks for what still waits shares that read; other parts of the stream are other reads', async () => {
  for (const stream of ['a', 'b']) void read(stream);
  const sharing = [read('c'), read('c'), read('c')];
  void read('c', { direction: 'backwards', limit: 1000 });
  void read('c', { direction: 'forwards', limit: 1 });
  await turn();
  for (const index of [0, 1]) startedRead(index).answer('');
  await turn();
  expect(streams()).toEqual(['a', 'b', 'c', 'c']);
  startedRead(2).answer('of c');
  expect(await Promise.all(sharing)).toEqual(['of c', 'of c', 'of c']);
  await turn();
  expect(streams()).toEqual(['a', 'b', 'c', 'c', 'c']);
});

test('who asks while a read is under way gets one of its own: the first may have missed what was stored since', async () => {
  const first = read('a');
  await turn();
  const second = read('a');
  await turn();
  expect(streams()).toEqual(['a', 'a']);
  startedRead(1).answer('new');
  startedRead(0).answer('old');
  expect([await first, await second]).toEqual(['old', 'new']);
});

test('what has waited for half of its time is not begun; the other half is the read’s', async () => {
  for (const stream of ['a', 'b']) void read(stream);
  const deadline = performance.now() + TIMEOUT_MS;
  const late = read('c', { ...WHOLE, deadline });
  const tooLate = read('d', { ...WHOLE, deadline });
  await vi.advanceTimersByTimeAsync(400);
  startedRead(0).answer('');
  await turn();
  expect(startedRead(2)).toMatchObject({ stream: 'c', timeoutMs: 600 });
  await vi.advanceTimersByTimeAsync(101);
  startedRead(2).fail(new EventStoreUnavailable('not answered'));
  await expect(late).rejects.toThrow('not answered');
  await expect(tooLate).rejects.toThrow('a read waited too long');
  expect(streams()).toEqual(['a', 'b', 'c']);
  void read('e');
  await turn();
  expect(streams()).toEqual(['a', 'b', 'c', 'e']);
});

test('who asks for what waits and has more time than the others lends it to the read that they share', async () => {
  for (const stream of ['a', 'b']) void read(stream);
  const deadline = performance.now() + 100;
  const shared = [read('c', { ...WHOLE, deadline }), read('c')];
  void read('d', { ...WHOLE, deadline });
  await vi.advanceTimersByTimeAsync(60);
  startedRead(0).answer('');
  await turn();
  expect(startedRead(2)).toMatchObject({ stream: 'c', timeoutMs: TIMEOUT_MS });
  startedRead(2).answer('of c');
  expect(await Promise.all(shared)).toEqual(['of c', 'of c']);
  expect(streams()).toEqual(['a', 'b', 'c']);
});

test('places wait among the streams, within the same bound, and are shared and given up alike', async () => {
  for (const stream of ['a', 'b']) void read(stream);
  const sharing = [lane.readAt(7n), lane.readAt(7n)];
  void lane.readAt(9n);
  void read('c');
  await turn();
  expect(streams()).toEqual(['a', 'b']);
  for (const index of [0, 1]) startedRead(index).answer('');
  await turn();
  expect(streams()).toEqual(['a', 'b', 'place 7', 'place 9']);
  const tooLate = lane.readAt(11n, performance.now() + 100);
  tooLate.catch(() => {});
  await vi.advanceTimersByTimeAsync(60);
  startedRead(2).answer('at 7');
  expect(await Promise.all(sharing)).toEqual(['at 7', 'at 7']);
  startedRead(3).answer('');
  await expect(tooLate).rejects.toThrow('a read waited too long');
  expect(streams()).toEqual(['a', 'b', 'place 7', 'place 9', 'c']);
});
