import { setTimeout as pause } from 'node:timers/promises';
import { beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { type EventStore, NO_STREAM } from '../../platform/event-store/event-store.ts';
import { SubscriberTooSlow } from '../../platform/event-store/eventstoredb/log-client.ts';
import type { EventStoreDbOptions } from '../../platform/event-store/eventstoredb/open-eventstoredb.ts';
import { SubscriptionSilent } from '../../platform/event-store/eventstoredb/watchdog.ts';
import type { Drop } from '../eventstoredb-double/faults.ts';
import { eventually } from '../support/patience.ts';
import { appended, freshCategory, freshStream, messageSent, messagesSent } from './events.ts';
import { catchUp, type Watcher, type Watching, watch } from './reading.ts';
import { useDouble } from './use-double.ts';

const server = useDouble();
let category: string;
const dropped = vi.fn();

beforeEach(async () => {
  category = freshCategory();
  dropped.mockClear();
});

const openStore = (options: Partial<EventStoreDbOptions> = {}): EventStore =>
  server.openStore({ onDropped: dropped, ...options });

async function watchLive(store: EventStore, watching: Partial<Watching> = {}): Promise<Watcher> {
  const watcher = watch(store, { prefixes: [`${category}-`], ...watching });
  onTestFinished(() => watcher.stop());
  await eventually(() => expect(watcher.batches.at(-1)?.caughtUp).toBe(true));
  return watcher;
}

const append = (store: EventStore, content = 'Hello') =>
  appended(store.append(freshStream(category), NO_STREAM, [messageSent(content)]));

const contents = (watcher: Watcher) =>
  watcher.events.map(({ event }) => (event.type === 'MessageSent' ? event.data.content : event.type));

const numbered = (count: number) => Array.from({ length: count }, (_, index) => `message ${index}`);

describe('a dropped subscription returns within 2 s, without a gap or a repetition', () => {
  test.each<Drop>(['too slow', 'server stops', 'connection lost', 'not leader', 'ended'])(
    '%s',
    async (how) => {
      const store = openStore();
      const watcher = await watchLive(store);
      await append(store, 'message 0');
      await eventually(() => expect(contents(watcher)).toEqual(numbered(1)));
      server.double.dropSubscriptions(how);
      await append(store, 'message 1').catch(() => append(store, 'message 1'));
      await eventually(() => expect(contents(watcher)).toEqual(numbered(2)));
      expect(dropped).toHaveBeenCalledOnce();
    },
  );
});

test('a subscription that falls silent is replaced', async () => {
  const store = openStore({ silenceMs: 300 });
  const watcher = await watchLive(store);
  server.double.stallSubscriptions();
  await append(store, 'message 0');
  await eventually(() => expect(contents(watcher)).toEqual(numbered(1)));
  expect(dropped).toHaveBeenCalledWith(expect.any(SubscriptionSilent));
});

test('one that falls silent before it has caught up, too', async () => {
  const store = openStore({ silenceMs: 300, timeoutMs: 300 });
  await append(store, 'message 0');
  server.double.faults.readsHang = true;
  const watcher = watch(store, { prefixes: [`${category}-`] });
  onTestFinished(() => watcher.stop());
  await eventually(() => expect(dropped).toHaveBeenCalled());
  server.double.faults.readsHang = false;
  await eventually(() => expect(contents(watcher)).toEqual(numbered(1)));
});

test('a quiet log is no reason for alarm, nor are events of others; they move the position', async () => {
  const store = openStore({ silenceMs: 100 });
  const watcher = await watchLive(store);
  await pause(500);
  expect(dropped).not.toHaveBeenCalled();
  for (let round = 0; round < 3; round += 1) {
    const elsewhere = await appended(store.append(freshStream(), NO_STREAM, [messageSent()]));
    await eventually(() => expect(watcher.batches.at(-1)?.position).toBeGreaterThanOrEqual(elsewhere));
  }
  await append(store, 'message 0');
  await eventually(() => expect(contents(watcher)).toEqual(numbered(1)));
  expect(dropped).not.toHaveBeenCalled();
});

test('a reader that pauses while 3,000 events come is dropped, returns and gets each once, in order', async () => {
  const store = openStore();
  let resume = () => {};
  const resumed = new Promise<void>((resolve) => {
    resume = resolve;
  });
  let slow = false;
  const watcher = await watchLive(store, { pause: async () => (slow ? resumed : undefined) });
  slow = true;
  for (let sent = 0; sent < 3000; sent += 250) {
    const events = messagesSent(250).map((event, index) => ({
      ...event,
      event: { ...event.event, data: { ...event.event.data, content: `message ${sent + index}` } },
    }));
    await appended(store.append(freshStream(category), NO_STREAM, events));
  }
  resume();
  await eventually(() => expect(watcher.events).toHaveLength(3000));
  expect(contents(watcher)).toEqual(numbered(3000));
  expect(dropped).toHaveBeenCalledWith(expect.any(SubscriberTooSlow));
});

test('a burst of 2,000 appends at once arrives whole, in the order of the log', async () => {
  const store = openStore({ timeoutMs: 45_000 });
  const watcher = await watchLive(store);
  const positions = await Promise.all(numbered(2000).map((content) => append(store, content)));
  await eventually(() => expect(watcher.events).toHaveLength(2000));
  const sorted = positions.toSorted((a, b) => (a < b ? -1 : 1));
  expect(watcher.events.map(({ position }) => position)).toEqual(sorted);
});

test('the server is away for a second: the subscription goes on where it was', async () => {
  const store = openStore();
  const watcher = await watchLive(store);
  await append(store, 'message 0');
  await eventually(() => expect(contents(watcher)).toEqual(numbered(1)));
  server.double.kill();
  await pause(1000);
  await server.double.start();
  await eventually(() => append(store, 'message 1'), 200);
  await eventually(() => expect(contents(watcher)).toEqual(numbered(2)));
});

test('a filter that matches rarely: the position moves on, and a new subscription does not start over', async () => {
  const store = openStore();
  await append(store, 'message 0');
  for (let round = 0; round < 4; round += 1) {
    await appended(store.append(freshStream(), NO_STREAM, messagesSent(1000)));
  }
  const batches = await catchUp(store, { prefixes: [`${category}-`] });
  const empty = batches.filter(({ events }) => events.length === 0);
  expect(empty.length).toBeGreaterThan(10);
  expect(batches.flatMap(({ events }) => events)).toHaveLength(1);

  await append(store, 'message 1');
  for (const { position } of empty) {
    const rest = await catchUp(store, { prefixes: [`${category}-`], after: position });
    expect(rest.flatMap(({ events }) => events)).toHaveLength(1);
  }
});
