import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import {
  type AppendResult,
  type EventStore,
  EventStoreUnavailable,
  type NewEvent,
  NO_STREAM,
} from '../../platform/event-store/event-store.ts';
import { openEventStoreDb } from '../../platform/event-store/eventstoredb/open-eventstoredb.ts';
import { startDoubleProcess } from '../eventstoredb-double/double-process.ts';
import type { AppendFault } from '../eventstoredb-double/faults.ts';
import { eventually } from '../support/patience.ts';
import { freshCategory, freshStream, messageSent } from './events.ts';
import { everything } from './reading.ts';
import { useDouble } from './use-double.ts';

const server = useDouble();

/** As a command handler does: the same ids again for as long as the outcome is unknown. */
async function persist(store: EventStore, stream: string, event: NewEvent): Promise<AppendResult> {
  for (;;) {
    try {
      return await store.append(stream, NO_STREAM, [event]);
    } catch (error) {
      if (!(error instanceof EventStoreUnavailable)) throw error;
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }
}

async function inParallel(workers: number, count: number, work: (index: number) => Promise<void>) {
  let next = 0;
  await Promise.all(
    Array.from({ length: workers }, async () => {
      while (next < count) await work(next++);
    }),
  );
}

const storedIn = (category: string) =>
  server.double.log.events.filter(({ stream }) => stream.startsWith(category));

const FAULTS: readonly [AppendFault['kind'], weight: number][] = [
  ['answer lost', 4],
  ['broken after commit', 1],
  ['broken before commit', 1],
  ['not leader', 1],
  ['not ready', 6],
  ['timed out', 6],
];
const ONE_IN_FIVE = FAULTS.flatMap(([kind, weight]) => Array.from({ length: weight }, () => kind)).concat(
  Array.from({ length: 76 }, () => 'none' as const),
);

test('5,000 appends, one in five faulted: none doubled, none lost', async () => {
  let seed = 7;
  const faulted = new Map<string, number>();
  server.double.faults.onAppend = () => {
    seed = (seed * 48_271) % 2_147_483_647;
    const kind = ONE_IN_FIVE[seed % ONE_IN_FIVE.length] ?? 'none';
    faulted.set(kind, (faulted.get(kind) ?? 0) + 1);
    return kind === 'delayed' ? { kind, ms: 20 } : { kind };
  };
  const store = server.openStore({ timeoutMs: 300 });
  const category = freshCategory();
  const answered = new Map<string, bigint>();
  await inParallel(64, 5000, async (index) => {
    const stream = `${category}-${index}`;
    const result = await persist(store, stream, messageSent());
    if (result.outcome === 'appended') answered.set(stream, result.position);
  });
  const stored = storedIn(category);
  expect(answered.size).toBe(5000);
  expect(stored).toHaveLength(5000);
  expect(new Set(stored.map(({ id }) => id)).size).toBe(5000);
  for (const { stream, position } of stored) expect(answered.get(stream)).toBe(position * 2n + 1n);
  for (const [kind] of FAULTS) expect(faulted.get(kind)).toBeGreaterThan(10);
});

describe('one append', () => {
  const unknown: AppendFault['kind'][] = [
    'answer lost',
    'broken after commit',
    'broken before commit',
    'not leader',
    'not ready',
    'timed out',
  ];
  test.each(unknown)('%s: rejected as unknown, repeated with its own outcome', async (kind) => {
    const store = server.openStore({ timeoutMs: 500 });
    const stream = freshStream();
    const event = messageSent();
    await store.append(freshStream(), NO_STREAM, [messageSent()]);
    server.double.faults.onAppend = () => (kind === 'delayed' ? { kind, ms: 1 } : { kind });
    await expect(store.append(stream, NO_STREAM, [event])).rejects.toBeInstanceOf(EventStoreUnavailable);
    server.double.faults.onAppend = () => ({ kind: 'none' });
    expect(await persist(store, stream, event)).toMatchObject({ outcome: 'appended' });
    expect(await everything(store, stream)).toHaveLength(1);
    expect(await store.append(stream, NO_STREAM, [messageSent()])).toEqual({
      outcome: 'conflict',
      actualRevision: 0,
    });
  });

  test('a slow answer is an answer', async () => {
    const store = server.openStore();
    server.double.faults.onAppend = () => ({ kind: 'delayed', ms: 300 });
    expect(await store.append(freshStream(), NO_STREAM, [messageSent()])).toMatchObject({
      outcome: 'appended',
    });
  });
});

test('a server that never answers: every append is rejected in its time, and the next ones go through', async () => {
  const store = server.openStore({ timeoutMs: 400 });
  server.double.faults.onAppend = () => ({ kind: 'answer lost' });
  const results = await Promise.allSettled(
    Array.from({ length: 100 }, () => store.append(freshStream(), NO_STREAM, [messageSent()])),
  );
  expect(new Set(results.map(({ status }) => status))).toEqual(new Set(['rejected']));
  server.double.faults.onAppend = () => ({ kind: 'none' });
  expect(await persist(store, freshStream(), messageSent())).toMatchObject({ outcome: 'appended' });
});

test('beyond its bound an append is rejected at once', async () => {
  const store = server.openStore({ maxAppendsInFlight: 2, maxAppendsQueued: 3, timeoutMs: 60_000 });
  server.double.faults.onAppend = () => ({ kind: 'delayed', ms: 200 });
  const accepted = Array.from({ length: 5 }, () => store.append(freshStream(), NO_STREAM, [messageSent()]));
  await expect(store.append(freshStream(), NO_STREAM, [messageSent()])).rejects.toThrow('too many');
  await Promise.all(accepted);
});

test('reads that hang end in their time', async () => {
  const store = server.openStore({ timeoutMs: 300 });
  server.double.faults.readsHang = true;
  await expect(everything(store, freshStream())).rejects.toBeInstanceOf(EventStoreUnavailable);
  server.double.faults.readsHang = false;
  expect(await everything(store, freshStream())).toEqual([]);
});

test('while the server is away appends and reads are rejected, and go on when it is back', async () => {
  const store = server.openStore();
  const stream = freshStream();
  await store.append(stream, NO_STREAM, [messageSent()]);
  server.double.kill();
  const away = Array.from({ length: 50 }, () => store.append(freshStream(), NO_STREAM, [messageSent()]));
  for (const append of away) await expect(append).rejects.toBeInstanceOf(EventStoreUnavailable);
  await expect(everything(store, stream)).rejects.toBeInstanceOf(EventStoreUnavailable);
  await server.double.start();
  await eventually(async () => expect(await everything(store, stream)).toHaveLength(1));
  expect(await persist(store, freshStream(), messageSent())).toMatchObject({ outcome: 'appended' });
});

test('killed three times amid 3,000 appends: every acknowledged one is there, once', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'eventstoredb-double-'));
  onTestFinished(() => rm(directory, { recursive: true }));
  const logFile = join(directory, 'log');
  let server = await startDoubleProcess({ logFile });
  const port = Number(new URL(server.url).port);
  const store = openEventStoreDb({ url: server.url, timeoutMs: 2000 });
  const category = freshCategory();
  const acknowledged = new Map<string, bigint>();
  const sending = inParallel(64, 3000, async (index) => {
    const stream = `${category}-${index}`;
    const result = await persist(store, stream, messageSent());
    if (result.outcome === 'appended') acknowledged.set(stream, result.position);
  });
  for (const enough of [500, 1200, 2000]) {
    await eventually(() => expect(acknowledged.size).toBeGreaterThan(enough));
    await server.kill();
    server = await startDoubleProcess({ port, logFile });
  }
  await sending;
  const stop = new AbortController();
  const positions = new Map<string, bigint>();
  for await (const { events, caughtUp } of store.subscribe({
    after: -1n,
    prefixes: [`${category}-`],
    batchSize: 500,
    signal: stop.signal,
  })) {
    for (const { stream, position } of events) {
      expect(positions.has(stream)).toBe(false);
      positions.set(stream, position);
    }
    if (caughtUp) break;
  }
  expect(positions).toEqual(acknowledged);
  await store.close();
  await server.kill();
});
