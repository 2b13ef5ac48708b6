import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { type AppendResult, EventStoreUnavailable } from '../../platform/event-store/event-store.ts';
import { type AppendClient, AppendLane } from '../../platform/event-store/eventstoredb/append-lane.ts';
import { AppendGivenUp, LogUnreachable } from '../../platform/event-store/eventstoredb/log-client.ts';
import { messageSent } from './events.ts';

interface SentAppend {
  readonly stream: string;
  answer(): void;
  fail(error: Error): void;
}

/** Answers when told to. */
class FakeClient implements AppendClient {
  readonly sent: SentAppend[] = [];
  disposed = false;
  /** Without a connection there is no call yet that could be ended. */
  connected = true;
  callOver = Promise.resolve();

  append(stream: string): Promise<AppendResult> {
    return new Promise((resolve, reject) => {
      const answer = () => resolve({ outcome: 'appended', position: 1n });
      this.sent.push({ stream, answer, fail: reject });
    });
  }

  async dispose(): Promise<void> {
    this.disposed = true;
    if (!this.connected) return;
    for (const { fail } of this.sent) fail(new LogUnreachable('cancelled'));
    await this.callOver;
  }
}

const TIMEOUT_MS = 1000;
let clients: FakeClient[];
let lane: AppendLane;

beforeEach(() => {
  vi.useFakeTimers();
  clients = [];
  lane = new AppendLane({
    connect: () => {
      const client = new FakeClient();
      clients.push(client);
      return client;
    },
    maxInFlight: 3,
    maxQueued: 100,
    timeoutMs: TIMEOUT_MS,
  });
});
afterEach(() => vi.useRealTimers());

function append(stream: string, leftMs?: number): Promise<AppendResult> {
  const deadline = leftMs === undefined ? undefined : performance.now() + leftMs;
  const result = lane.append({ stream, expectedRevision: -1, events: [messageSent()] }, deadline);
  result.catch(() => {});
  return result;
}

const sent = (client = clients[0]) => client?.sent.map(({ stream }) => stream);
const sentAppend = (index: number) => clients[0]?.sent[index] ?? expect.unreachable();

test('no more than the bound are in flight; the next group goes when the last is answered, in the order of asking', async () => {
  for (const stream of ['a', 'b', 'c', 'd', 'e']) void append(stream);
  expect(sent()).toEqual(['a', 'b', 'c']);
  sentAppend(0).answer();
  sentAppend(1).answer();
  await vi.advanceTimersByTimeAsync(0);
  expect(sent()).toEqual(['a', 'b', 'c']);
  sentAppend(2).answer();
  await vi.advanceTimersByTimeAsync(0);
  expect(sent()).toEqual(['a', 'b', 'c', 'd', 'e']);
});

test('with room in the group, nothing waits for an answer', async () => {
  void append('a');
  sentAppend(0).answer();
  await vi.advanceTimersByTimeAsync(0);
  void append('b');
  void append('c');
  expect(sent()).toEqual(['a', 'b', 'c']);
});

test('an append whose answer is kept back holds up the next group for 20 ms', async () => {
  for (const stream of ['a', 'b', 'c', 'd', 'e', 'f']) void append(stream);
  sentAppend(0).answer();
  sentAppend(1).answer();
  await vi.advanceTimersByTimeAsync(19);
  expect(sent()).toEqual(['a', 'b', 'c']);
  await vi.advanceTimersByTimeAsync(1);
  expect(sent()).toEqual(['a', 'b', 'c', 'd', 'e']);
  sentAppend(3).answer();
  await vi.advanceTimersByTimeAsync(20);
  expect(sent()).toEqual(['a', 'b', 'c', 'd', 'e', 'f']);
});

test('when the shared call fails, nothing is sent before all that is in flight is settled', async () => {
  const results = ['a', 'b', 'c', 'd'].map((stream) => append(stream));
  sentAppend(0).fail(new LogUnreachable('reset'));
  await expect(results[0]).rejects.toBeInstanceOf(EventStoreUnavailable);
  await vi.advanceTimersByTimeAsync(200);
  expect(sent()).toEqual(['a', 'b', 'c']);
  sentAppend(1).fail(new LogUnreachable('reset'));
  sentAppend(2).fail(new LogUnreachable('reset'));
  await vi.advanceTimersByTimeAsync(200);
  expect(sent()).toEqual(['a', 'b', 'c', 'd']);
  expect(clients).toHaveLength(1);
});

test('an append that alone is refused holds up nobody', async () => {
  const results = ['a', 'b', 'c', 'd'].map((stream) => append(stream));
  sentAppend(0).fail(new EventStoreUnavailable('not ready'));
  await expect(results[0]).rejects.toThrow('not ready');
  sentAppend(2).answer();
  await vi.advanceTimersByTimeAsync(0);
  expect(sent()).toEqual(['a', 'b', 'c', 'd']);
});

test('what the server gave up on is asked once more, in its place', async () => {
  const results = ['a', 'b', 'c', 'd'].map((stream) => append(stream));
  sentAppend(0).fail(new AppendGivenUp('dropped'));
  sentAppend(1).fail(new AppendGivenUp('dropped'));
  await vi.advanceTimersByTimeAsync(0);
  expect(sent()).toEqual(['a', 'b', 'c', 'a', 'b']);
  sentAppend(3).answer();
  sentAppend(4).fail(new AppendGivenUp('dropped again'));
  await expect(results[0]).resolves.toMatchObject({ outcome: 'appended' });
  await expect(results[1]).rejects.toThrow('dropped again');
  expect(sent()).toEqual(['a', 'b', 'c', 'a', 'b', 'd']);
});

test('what the server gave up on after its time is not asked again', async () => {
  const results = ['a', 'b'].map((stream) => append(stream));
  await vi.advanceTimersByTimeAsync(TIMEOUT_MS / 2);
  sentAppend(1).answer();
  await vi.advanceTimersByTimeAsync(TIMEOUT_MS / 2);
  await expect(results[0]).rejects.toBeInstanceOf(EventStoreUnavailable);
  sentAppend(0).fail(new AppendGivenUp('dropped'));
  await vi.advanceTimersByTimeAsync(0);
  expect(sent()).toEqual(['a', 'b']);
});

test('an answer that alone is lost: its place is free after its time, the call goes on', async () => {
  const results = ['a', 'b', 'c'].map((stream) => append(stream));
  sentAppend(1).answer();
  sentAppend(2).answer();
  await vi.advanceTimersByTimeAsync(TIMEOUT_MS);
  await expect(results[0]).rejects.toBeInstanceOf(EventStoreUnavailable);
  expect(clients[0]?.disposed).toBe(false);
  for (const stream of ['d', 'e', 'f']) void append(stream);
  expect(sent()).toEqual(['a', 'b', 'c', 'd', 'e', 'f']);
});

test('a call that answers nothing is ended, and another client goes on', async () => {
  const results = ['a', 'b', 'c'].map((stream) => append(stream));
  await vi.advanceTimersByTimeAsync(TIMEOUT_MS);
  for (const result of results) await expect(result).rejects.toBeInstanceOf(EventStoreUnavailable);
  expect(clients[0]?.disposed).toBe(true);
  void append('d');
  await vi.advanceTimersByTimeAsync(200);
  expect(sent(clients[1])).toEqual(['d']);
});

test('twice what a slow server can do: it goes on with one call, and nearly all that it answers is in time', async () => {
  const ANSWERS = 60;
  let inTime = 0;
  const count = () => {
    inTime += 1;
  };
  for (let answered = 0; answered < ANSWERS; answered += 1) {
    for (let each = 0; each < 2; each += 1) append(`${answered} ${each}`).then(count, () => {});
    await vi.advanceTimersByTimeAsync(TIMEOUT_MS / 10);
    sentAppend(answered).answer();
    await vi.advanceTimersByTimeAsync(0);
  }
  expect(clients).toHaveLength(1);
  expect(clients[0]?.disposed).toBe(false);
  expect(inTime).toBe(ANSWERS);
});

test('a server is silent a while after its last answer, not after the first append that was not answered', async () => {
  void append('a');
  await vi.advanceTimersByTimeAsync(TIMEOUT_MS * 0.8);
  void append('b');
  void append('c');
  sentAppend(0).answer();
  await vi.advanceTimersByTimeAsync(TIMEOUT_MS * 0.9);
  expect(clients[0]?.disposed).toBe(false);
  await vi.advanceTimersByTimeAsync(TIMEOUT_MS * 0.1);
  expect(clients[0]?.disposed).toBe(true);
});

test('an append whose asker is gone keeps its place until it is answered: no more than the bound are in flight', async () => {
  const gone = append('gone', 100);
  for (const stream of ['a', 'b', 'c']) void append(stream);
  await vi.advanceTimersByTimeAsync(101);
  await expect(gone).rejects.toBeInstanceOf(EventStoreUnavailable);
  expect(sent()).toEqual(['gone', 'a', 'b']);
  for (const index of [0, 1, 2]) sentAppend(index).answer();
  await vi.advanceTimersByTimeAsync(0);
  expect(sent()).toEqual(['gone', 'a', 'b', 'c']);
  expect(clients).toHaveLength(1);
});

test('what has waited for half of its time is refused then, and not sent', async () => {
  for (const stream of ['a', 'b', 'c']) void append(stream);
  const hurried = append('hurried', 200);
  void append('d');
  await vi.advanceTimersByTimeAsync(101);
  await expect(hurried).rejects.toThrow('an append waited too long');
  for (const index of [0, 1, 2]) sentAppend(index).answer();
  await vi.advanceTimersByTimeAsync(0);
  expect(sent()).toEqual(['a', 'b', 'c', 'd']);
  await expect(append('gone already', 0)).rejects.toThrow('an append came too late');
});

test('what rejects when a call is ended is nobody else’s error', async () => {
  void append('a');
  const [client] = clients;
  if (!client) return expect.unreachable();
  client.dispose = () => Promise.reject(new Error('already closed'));
  await vi.advanceTimersByTimeAsync(TIMEOUT_MS);
  await expect(lane.close()).rejects.toThrow('already closed');
});

test('a call that begins only after it was ended is ended, too', async () => {
  for (const stream of ['a', 'b', 'c']) void append(stream);
  const [client] = clients;
  if (!client) return expect.unreachable();
  client.connected = false;
  await vi.advanceTimersByTimeAsync(TIMEOUT_MS);
  client.connected = true;
  void append('d');
  await vi.advanceTimersByTimeAsync(500);
  expect(sent(clients[1])).toEqual(['d']);
});

test('closing waits for what is under way, then until the call is over', async () => {
  const result = append('a');
  const [client] = clients;
  if (!client) return expect.unreachable();
  let isOver = () => {};
  client.callOver = new Promise((resolve) => {
    isOver = resolve;
  });
  const closed = vi.fn();
  const closing = lane.close().then(closed);
  sentAppend(0).answer();
  await result;
  await vi.advanceTimersByTimeAsync(5000);
  expect(client.disposed).toBe(true);
  expect(closed).not.toHaveBeenCalled();
  isOver();
  await closing;
});
