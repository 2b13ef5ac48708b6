import { expect, test } from 'vitest';
import { EventStoreUnavailable, NO_STREAM } from '../../platform/event-store/event-store.ts';
import { appended, freshCategory, freshStream, messageSent, messagesSent } from './events.ts';
import { usePostgres } from './postgres-harness.ts';
import { catchUp, everything } from './reading.ts';

const postgres = usePostgres();

async function transactionsOf(category: string): Promise<number> {
  const client = await postgres.connect();
  const { rows } = await client.query<{ count: number }>(
    'select count(distinct xmin::text)::int as count from event_log.events where stream ^@ $1',
    [category],
  );
  return rows[0]?.count ?? 0;
}

test('appends that arrive together share transactions, and so flushes', async () => {
  const store = await postgres.open();
  const category = freshCategory();
  const events = messagesSent(2000);
  await Promise.all(events.map((event) => appended(store.append(freshStream(category), NO_STREAM, [event]))));
  expect(await transactionsOf(category)).toBe(4);
});

test('appends to one stream that arrive together are decided one after the other', async () => {
  const store = await postgres.open();
  const stream = freshStream();
  const results = await Promise.all(
    messagesSent(10).map((event, index) => store.append(stream, index - 1, [event])),
  );
  expect(results[0]?.outcome).toBe('appended');
  const stored = results.filter(({ outcome }) => outcome === 'appended').length;
  expect(await everything(store, stream)).toHaveLength(stored);
});

test('beyond the bound appends reject at once, those before it are stored', async () => {
  const store = await postgres.open({ maxQueuedEvents: 10 });
  const streams = Array.from({ length: 15 }, () => freshStream());
  const results = await Promise.allSettled(
    streams.map((stream) => store.append(stream, NO_STREAM, [messageSent()])),
  );
  expect(results.map(({ status }) => status)).toEqual([
    ...Array.from({ length: 10 }, () => 'fulfilled'),
    ...Array.from({ length: 5 }, () => 'rejected'),
  ]);
  for (const result of results.slice(10))
    expect(result).toMatchObject({ reason: expect.any(EventStoreUnavailable) });
  await appended(store.append(freshStream(), NO_STREAM, messagesSent(10)));
});

test('an append that the server refuses harms nobody who came with it, and is not quoted', async () => {
  const store = await postgres.open();
  const streams = Array.from({ length: 5 }, () => freshStream());
  const good = streams.map((stream) => appended(store.append(stream, NO_STREAM, [messageSent()])));
  const bad = store.append(freshStream(), NO_STREAM, [messageSent('a secret', 'not a uuid')]);
  await expect(bad).rejects.toThrow(/^the event store refused: SQLSTATE 22P02$/);
  await Promise.all(good);
  for (const stream of streams) expect(await everything(store, stream)).toHaveLength(1);
});

test('a filter that matches little is answered in steps that look at a part of the log', async () => {
  const store = await postgres.open();
  const category = freshCategory();
  for (let index = 0; index < 25; index += 1)
    await appended(store.append(freshStream(), NO_STREAM, messagesSent(500)));
  await appended(store.append(freshStream(category), NO_STREAM, [messageSent()]));
  const batches = await catchUp(store, { prefixes: [`${category}-`] });
  expect(batches.flatMap(({ events }) => events)).toHaveLength(1);
  expect(batches.length).toBeGreaterThan(1);
  expect(batches[0]).toMatchObject({ events: [], caughtUp: false });
});

test('several processes may open an empty database at once', async () => {
  const client = await postgres.connect();
  await client.query('drop schema event_log cascade');
  const stores = await Promise.all(Array.from({ length: 8 }, () => postgres.open()));
  const stream = freshStream();
  await Promise.all(
    stores.map((store, index) => appended(store.append(`${stream}${index}`, NO_STREAM, [messageSent()]))),
  );
});
