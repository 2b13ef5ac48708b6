import { expect, test } from 'vitest';
import { type EventStore, NO_STREAM, type RecordedEvent } from '../../platform/event-store/event-store.ts';
import { eventually } from '../support/patience.ts';
import type { Stores } from './event-store-contract.ts';
import { appended, freshCategory, freshStream, messageSent, messagesSent } from './events.ts';
import { watch } from './reading.ts';

const APPENDERS = 8;
const ROUNDS = 40;

const LINES = 20;
const LONGEST_LINE = 100;

/** Contends for shared streams: goes on from wherever they are. Returns how many events it stored. */
async function contend(store: EventStore, streams: readonly string[]): Promise<number> {
  const at = new Map(streams.map((stream) => [stream, -1]));
  let stored = 0;
  for (let round = 0; round < ROUNDS; round += 1) {
    const stream = streams[round % streams.length] ?? '';
    const expected = at.get(stream) ?? -1;
    const events = messagesSent(1 + (round % 3));
    const result = await store.append(stream, expected, events);
    if (result.outcome === 'conflict') at.set(stream, result.actualRevision);
    else {
      at.set(stream, expected + events.length);
      stored += events.length;
    }
  }
  return stored;
}

export function orderingContract(stores: Stores): void {
  test('under concurrent appenders every subscriber sees every event once, in one order', async () => {
    const instances = [await stores.open(), await stores.open(), await stores.open()];
    const instance = (index: number) => instances[index % instances.length] ?? expect.unreachable();
    const category = freshCategory();
    const shared = Array.from({ length: 5 }, () => freshStream(category));
    const watchers = [1, 7, 500].map((batchSize, index) =>
      watch(instance(index), { after: stores.begin(), prefixes: [`${category}-`], batchSize }),
    );
    const stored = await Promise.all(
      Array.from({ length: APPENDERS }, (_, index) =>
        contend(instance(index), [...shared, freshStream(category)]),
      ),
    );
    const total = stored.reduce((sum, count) => sum + count, 0);
    await eventually(() =>
      expect(watchers.map(({ events }) => events.length)).toEqual(watchers.map(() => total)),
    );
    await Promise.all(watchers.map((watcher) => watcher.stop()));
    const [first = [], ...others] = watchers.map(({ events }) => events);
    for (const other of others) expect(other).toEqual(first);
    expectOrdered(first);
  });

  test('appends that rest on one stream are stored in the order in which they are called, many at once', async () => {
    const store = await stores.open();
    const category = freshCategory();
    const lines = Array.from({ length: LINES }, () => freshStream(category));
    const ends = await Promise.all(
      lines.map((line) => appended(store.append(line, NO_STREAM, [messageSent()]))),
    );
    const places: Promise<bigint>[][] = lines.map(() => []);
    for (let round = 0; round < LONGEST_LINE; round += 1)
      lines.forEach((stream, line) => {
        const condition = { stream, revision: 0 };
        places[line]?.push(appended(store.append(freshStream(), NO_STREAM, [messageSent()], condition)));
      });
    for (const [line, ofLine] of places.entries()) {
      const stored = [ends[line] ?? 0n, ...(await Promise.all(ofLine))];
      expect(stored).toEqual([...stored].sort((a, b) => (a < b ? -1 : 1)));
    }
  });
}

function expectOrdered(events: readonly RecordedEvent[]): void {
  const revisions = new Map<string, number>();
  let last = -1n;
  for (const { position, stream, revision } of events) {
    expect(position).toBeGreaterThan(last);
    last = position;
    expect(revision).toBe((revisions.get(stream) ?? -1) + 1);
    revisions.set(stream, revision);
  }
}
