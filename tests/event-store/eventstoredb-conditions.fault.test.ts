import { beforeEach, describe, expect, test, vi } from 'vitest';
import { type EventStore, EventStoreUnavailable, NO_STREAM } from '../../platform/event-store/event-store.ts';
import { LogClient } from '../../platform/event-store/eventstoredb/log-client.ts';
import { scanLog } from '../../platform/event-store/eventstoredb/scan-log.ts';
import type { Drop } from '../eventstoredb-double/faults.ts';
import { eventually } from '../support/patience.ts';
import { appended, freshCategory, freshStream, messageSent, messagesSent } from './events.ts';
import { useDouble } from './use-double.ts';

const server = useDouble();
let category: string;
let streams: string[];

beforeEach(async () => {
  category = freshCategory();
  streams = Array.from({ length: 40 }, () => freshStream(category));
});

const appendOn = (store: EventStore, stream: string) =>
  store.append(freshStream(), NO_STREAM, [messageSent()], { stream, revision: NO_STREAM });

/** Each three times: read for the first who asks, then scanned for together. */
const appendAll = (store: EventStore) =>
  Promise.all([...streams, ...streams, ...streams].map((stream) => appended(appendOn(store, stream))));

const unavailable = { status: 'rejected', reason: expect.any(EventStoreUnavailable) };

test('a server that falls silent: unavailable in time, and well as soon as it answers again', async () => {
  const store = server.openStore({ timeoutMs: 1000 });
  // So short a time may be too short for a slow machine, whatever the server does.
  const appendEach = () =>
    Promise.all(streams.map((stream) => eventually(() => appended(appendOn(store, stream)))));
  await appendEach();
  server.double.faults.readsHang = true;
  const results = await Promise.allSettled(streams.map((stream) => appendOn(store, stream)));
  expect(results).toEqual(streams.map(() => unavailable));
  server.double.faults.readsHang = false;
  await appendEach();
});

test('a server that breaks down and returns: what was appended elsewhere meanwhile is seen', async () => {
  const [store, other] = [server.openStore(), server.openStore()];
  await appendAll(store);
  const broken = Promise.allSettled(streams.map((stream) => appendOn(store, stream)));
  await server.double.restart();
  await broken;
  await eventually(() => appended(other.append(freshStream(), NO_STREAM, [messageSent()])));
  for (const stream of streams) await appended(other.append(stream, NO_STREAM, [messageSent()]));
  await eventually(() => appendAll(store).catch((error: Error) => expect(error.message).toMatch('outdated')));
  const results = await Promise.all(streams.map((stream) => appendOn(store, stream)));
  expect(results).toEqual(streams.map(() => ({ outcome: 'outdated' })));
});

test('closing lets appends that wait for a scan go first', async () => {
  const store = server.openStore();
  const appends = appendAll(store);
  await store.close();
  expect(await appends).toHaveLength(120);
  await expect(appendOn(store, streams[0] ?? '')).rejects.toBeInstanceOf(EventStoreUnavailable);
  expect(server.double.subscriptions).toBe(0);
});

describe('a scan', () => {
  const found = vi.fn();
  let place: bigint;
  let log: LogClient;

  beforeEach(async () => {
    found.mockClear();
    place = await appended(server.openStore().append(freshStream(), NO_STREAM, [messageSent()]));
    log = new LogClient(server.double.url);
  });

  function scanOnce(timeoutMs = 3000): Promise<void> {
    return scanLog(log, place, `${category}-`, timeoutMs, {
      found,
      readUpTo: (readUpTo) => {
        expect(readUpTo).toBeGreaterThanOrEqual(place);
        place = readUpTo;
      },
    });
  }

  test('finds what is new in streams of its prefix, once, and leaves nothing open', async () => {
    const store = server.openStore();
    const stream = freshStream(category);
    await scanOnce();
    await appended(store.append(freshStream(), NO_STREAM, messagesSent(3)));
    place = await appended(store.append(stream, NO_STREAM, messagesSent(2)));
    await appended(store.append(stream, 1, messagesSent(400)));
    await appended(store.append(freshStream(), NO_STREAM, messagesSent(3)));
    await scanOnce();
    expect(found.mock.calls).toEqual(Array.from({ length: 400 }, (_, index) => [stream, index + 2]));
    await scanOnce();
    expect(found).toHaveBeenCalledTimes(400);
    await eventually(() => expect(server.double.subscriptions).toBe(0));
  });

  test('moves on also where it finds nothing', async () => {
    const end = await appended(server.openStore().append(freshStream(), NO_STREAM, messagesSent(1000)));
    const begin = place;
    await scanOnce();
    expect(place).toBeGreaterThan(begin + ((end - begin) * 2n) / 5n);
    await appended(server.openStore().append(streams[0] ?? '', NO_STREAM, [messageSent()]));
    await scanOnce();
    expect(found).toHaveBeenCalledExactlyOnceWith(streams[0], 0);
  });

  test('is given up when the server is silent, and leaves nothing open', async () => {
    server.double.faults.readsHang = true;
    await expect(scanOnce(200)).rejects.toBeInstanceOf(EventStoreUnavailable);
    await eventually(() => expect(server.double.subscriptions).toBe(0));
  });

  test.each<Drop>(['too slow', 'connection lost', 'not leader', 'ended'])(
    'rejects when it is dropped: %s',
    async (how) => {
      server.double.faults.readsHang = true;
      const scanned = scanOnce();
      scanned.catch(() => {});
      await eventually(() => expect(server.double.subscriptions).toBe(1));
      server.double.dropSubscriptions(how);
      await expect(scanned).rejects.toBeInstanceOf(EventStoreUnavailable);
    },
  );
});
