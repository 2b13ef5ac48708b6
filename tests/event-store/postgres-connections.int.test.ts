import type pg from 'pg';
import { pino } from 'pino';
import { expect, test } from 'vitest';
import { freePort } from '../../local-cluster/free-port.ts';
import {
  type EventStore,
  EventStoreUnavailable,
  type NewEvent,
  NO_STREAM,
} from '../../platform/event-store/event-store.ts';
import { openPostgresEventStore } from '../../platform/event-store/postgres/postgres-event-store.ts';
import { eventually } from '../support/patience.ts';
import { appended, freshCategory, freshStream, messageSent } from './events.ts';
import { usePostgres } from './postgres-harness.ts';
import { everything, watch } from './reading.ts';

const postgres = usePostgres();

/** As a client should: the same append again until there is an answer. Returns how often it was needed. */
async function appendPatiently(store: EventStore, stream: string, events: NewEvent[]): Promise<number> {
  for (let tries = 1; ; tries += 1) {
    try {
      await appended(store.append(stream, NO_STREAM, events));
      return tries;
    } catch (error) {
      if (!(error instanceof EventStoreUnavailable)) throw error;
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }
}

async function waitingForTheTable(client: pg.Client): Promise<number> {
  const { rowCount } = await client.query(
    "select 1 from pg_locks where relation = 'event_log.events'::regclass and not granted",
  );
  return rowCount ?? 0;
}

test('connections killed amid appends and subscriptions: every event once, none lost, order kept', async () => {
  const applicationName = 'killed';
  const store = await postgres.open({ applicationName });
  const category = freshCategory();
  const watchers = [1, 50].map((batchSize) => watch(store, { prefixes: [`${category}-`], batchSize }));
  const events: NewEvent[] = [];
  let stopped = false;
  const appending = Array.from({ length: 20 }, async () => {
    let most = 0;
    while (!stopped) {
      const event = messageSent();
      events.push(event);
      most = Math.max(most, await appendPatiently(store, freshStream(category), [event]));
    }
    return most;
  });
  const [locking, observer] = [await postgres.connect(), await postgres.connect()];
  for (let killing = 0; killing < 6; killing += 1) {
    // Lets reads through: what waits for it is an append.
    await locking.query('begin; lock table event_log.events in exclusive mode');
    await eventually(async () => expect(await waitingForTheTable(observer)).toBeGreaterThan(0));
    expect(await postgres.killConnections(applicationName)).toBeGreaterThan(0);
    await locking.query('rollback');
  }
  stopped = true;
  expect(Math.max(...(await Promise.all(appending)))).toBeGreaterThan(1);
  const ids = events.map(({ id }) => id).toSorted();
  for (const watcher of watchers) {
    await eventually(() => expect(watcher.events.length).toBeGreaterThanOrEqual(events.length));
    expect(watcher.events.map(({ id }) => id).toSorted()).toEqual(ids);
    const positions = watcher.events.map(({ position }) => position);
    expect(positions).toEqual(positions.toSorted((a, b) => Number(a - b)));
    await watcher.stop();
  }
});

test('a subscriber is woken by notifications, also after their connection was lost', async () => {
  const applicationName = 'woken';
  const reader = await postgres.open({ applicationName, pollMs: 600_000 });
  const writer = await postgres.open();
  const category = freshCategory();
  const watcher = watch(reader, { prefixes: [`${category}-`] });
  for (let round = 1; round <= 3; round += 1) {
    await writer.append(freshStream(category), NO_STREAM, [messageSent()]);
    await eventually(() => expect(watcher.events).toHaveLength(round));
    await postgres.killConnections(applicationName);
  }
  await watcher.stop();
});

test('an event that is appended while the log is being read wakes the subscriber too', async () => {
  const [writer, reader] = [await postgres.open(), await postgres.open({ pollMs: 600_000 })];
  const category = freshCategory();
  const watcher = watch(reader, { prefixes: [`${category}-`] });
  let sent = 0;
  for (let burst = 0; burst < 100; burst += 1) {
    for (let index = 0; index <= burst % 4; index += 1, sent += 1)
      await writer.append(freshStream(category), NO_STREAM, [messageSent()]);
    await eventually(() => expect(watcher.events).toHaveLength(sent), 1);
  }
  await watcher.stop();
});

test('a subscriber that is not notified looks by itself', async () => {
  const store = await postgres.open({ pollMs: 20 });
  const client = await postgres.connect();
  const stream = freshStream();
  const watcher = watch(store, { prefixes: [stream] });
  await eventually(() => expect(watcher.batches.at(-1)?.caughtUp).toBe(true));
  await client.query(
    `insert into event_log.events
     select max(position) + 1, $1, 0, gen_random_uuid(), 'MessageSent', '{}', '{}' from event_log.events`,
    [stream],
  );
  await eventually(() => expect(watcher.events).toHaveLength(1));
  await watcher.stop();
});

test('a read on a broken connection rejects as unavailable, the next one finds another', async () => {
  const applicationName = 'reading';
  const store = await postgres.open({ applicationName, timeoutMs: 60_000 });
  const [locking, observer] = [await postgres.connect(), await postgres.connect()];
  await locking.query('begin; lock table event_log.events');
  const reading = everything(store, freshStream()).catch((error: unknown) => error);
  await eventually(async () => expect(await waitingForTheTable(observer)).toBe(1));
  await postgres.killConnections(applicationName);
  expect(await reading).toBeInstanceOf(EventStoreUnavailable);
  await locking.query('rollback');
  expect(await everything(store, freshStream())).toEqual([]);
});

test('opening without a database rejects as unavailable', async () => {
  const url = `postgres://postgres@127.0.0.1:${await freePort()}/postgres`;
  const opening = openPostgresEventStore({ url, logger: pino({ level: 'silent' }) });
  await expect(opening).rejects.toBeInstanceOf(EventStoreUnavailable);
});

test('aborting while the database hangs does not wait for it', async () => {
  const store = await postgres.open({ timeoutMs: 60_000 });
  const locking = await postgres.connect();
  await locking.query('begin; lock table event_log.events');
  const watcher = watch(store, { prefixes: [] });
  await eventually(async () => expect(await waitingForTheTable(locking)).toBe(1));
  await watcher.stop();
  expect(watcher.batches).toEqual([]);
  await locking.query('rollback');
});
