import type pg from 'pg';
import { expect, test } from 'vitest';
import { type EventStore, NO_STREAM } from '../../platform/event-store/event-store.ts';
import { appendStatement } from '../../platform/event-store/postgres/appender.ts';
import { trimStatement } from '../../platform/event-store/postgres/keep-trimming.ts';
import type { StreamName } from '../../platform/event-store/stream-name.ts';
import { eventually } from '../support/patience.ts';
import { appended, freshCategory, freshStream, messageSent, messagesSent } from './events.ts';
import { usePostgres } from './postgres-harness.ts';
import { everything, watch } from './reading.ts';

const postgres = usePostgres();

/** Never by itself, within a test. */
const NEVER_MS = 3_600_000;

const countOf = async (store: EventStore, stream: StreamName) => (await everything(store, stream)).length;

/** As a store that trims begins it. */
async function begin(client: pg.Client, category: string, kept: number): Promise<void> {
  await client.query('insert into event_log.trimmed (category, kept) values ($1, $2)', [category, kept]);
}

/** Steps until one says that it is the last. Answers how many there were, without the last if it had nothing to do. */
async function trim(client: pg.Client, category: string, kept: number): Promise<number> {
  for (let steps = 0; ; steps += 1) {
    const { rows } = await client.query<{ is_done: boolean }>(trimStatement(category, kept));
    if (!rows[0]) return steps;
    if (rows[0].is_done) return steps + 1;
  }
}

const trimmedUpTo = async (client: pg.Client, category: string): Promise<bigint> => {
  const { rows } = await client.query<{ position: string }>(
    'select position from event_log.trimmed where category = $1',
    [category],
  );
  return BigInt(rows[0]?.position ?? -2);
};

test('goes through the log once, in steps, and then only through what is new', async () => {
  const store = await postgres.open();
  const client = await postgres.connect();
  const category = freshCategory();
  const stream = freshStream(category);
  await begin(client, category, 3);
  for (let part = 0; part < 22; part += 1)
    await appended(store.append(freshStream(), NO_STREAM, messagesSent(500)));
  const last = await appended(store.append(stream, NO_STREAM, messagesSent(10)));
  expect(await trim(client, category, 3)).toBeGreaterThanOrEqual(3);
  expect(await trimmedUpTo(client, category)).toBe(last);
  expect(await countOf(store, stream)).toBe(3);
  expect(await trim(client, category, 3)).toBe(0);
  const next = await appended(store.append(stream, 9, messagesSent(2)));
  expect(await trim(client, category, 3)).toBe(1);
  expect(await trimmedUpTo(client, category)).toBe(next);
  expect(await countOf(store, stream)).toBe(3);
});

test('looks up what goes, and touches nothing of a log that is long', async () => {
  const store = await postgres.open();
  const client = await postgres.connect();
  const category = freshCategory();
  const stream = freshStream(category);
  for (let part = 0; part < 20; part += 1)
    await appended(store.append(stream, 500 * part - 1, messagesSent(500)));
  await client.query(
    'set enable_seqscan = off; set enable_bitmapscan = off; set plan_cache_mode = force_generic_plan',
  );
  await begin(client, category, 20);
  await trim(client, category, 20);
  await appended(store.append(stream, 9999, messagesSent(5)));
  const { rows } = await client.query<{ 'QUERY PLAN': string }>(
    `explain (analyze, buffers, costs off) execute trim ('${category}', 20, 5000)`,
  );
  const plan = rows.map((row) => row['QUERY PLAN']).join('\n');
  expect(plan).not.toMatch(/Seq Scan on events/);
  const [, hit = '', read = ''] = /Buffers: shared hit=(\d+)(?: read=(\d+))?/.exec(plan) ?? [];
  expect(Number(hit) + Number(read)).toBeLessThan(150);
  expect(await countOf(store, stream)).toBe(20);
});

test('another number begins anew: a smaller one takes more, a greater one brings nothing back', async () => {
  const store = await postgres.open();
  const client = await postgres.connect();
  const category = freshCategory();
  const stream = freshStream(category);
  await appended(store.append(stream, NO_STREAM, messagesSent(30)));
  for (const [kept, left] of [
    [10, 10],
    [4, 4],
    [20, 4],
  ] as const) {
    await begin(client, category, kept);
    await trim(client, category, kept);
    expect(await countOf(store, stream)).toBe(left);
  }
  await appended(store.append(stream, 29, messagesSent(30)));
  await trim(client, category, 20);
  expect(await countOf(store, stream)).toBe(20);
});

test('while somebody is at it, nobody else is, and appends, reads and subscribers wait for nothing', async () => {
  const store = await postgres.open();
  const [busy, other] = [await postgres.connect(), await postgres.connect()];
  const category = freshCategory();
  const stream = freshStream(category);
  await begin(busy, category, 5);
  await trim(busy, category, 5);
  await appended(store.append(stream, NO_STREAM, messagesSent(50)));
  await busy.query('begin');
  await busy.query(trimStatement(category, 5));
  expect(await trim(other, category, 5)).toBe(0);
  const watcher = watch(store, { prefixes: [`${category}-`] });
  await appended(store.append(stream, 49, [messageSent()]));
  expect(await countOf(store, stream)).toBe(51);
  await eventually(() => expect(watcher.events).toHaveLength(51));
  await busy.query('commit');
  expect(await countOf(store, stream)).toBe(6);
  expect(await trim(other, category, 5)).toBe(1);
  expect(await countOf(store, stream)).toBe(5);
  await watcher.stop();
});

test('a store that ended amid it has done nothing, and the next goes on from there', async () => {
  const store = await postgres.open();
  const [dying, other] = [await postgres.connect(), await postgres.connect()];
  const category = freshCategory();
  const stream = freshStream(category);
  await begin(dying, category, 5);
  await trim(dying, category, 5);
  await appended(store.append(stream, NO_STREAM, messagesSent(50)));
  await dying.query('begin');
  await dying.query(trimStatement(category, 5));
  await dying.query('rollback');
  expect(await countOf(store, stream)).toBe(50);
  await trim(other, category, 5);
  expect(await countOf(store, stream)).toBe(5);
});

test('what is not committed yet is not passed by', async () => {
  const store = await postgres.open();
  const [slow, client] = [await postgres.connect(), await postgres.connect()];
  const category = freshCategory();
  const stream = freshStream(category);
  await begin(client, category, 5);
  await appended(store.append(stream, NO_STREAM, messagesSent(5)));
  await slow.query('begin');
  await slow.query(appendStatement([{ stream, expectedRevision: 4, events: messagesSent(5) }]));
  await trim(client, category, 5);
  expect(await countOf(store, stream)).toBe(5);
  await slow.query('commit');
  expect(await countOf(store, stream)).toBe(10);
  await trim(client, category, 5);
  expect(await countOf(store, stream)).toBe(5);
});

test('a log of one stream keeps its end: positions go on', async () => {
  const client = await postgres.connect();
  await client.query('drop schema event_log cascade');
  const category = freshCategory();
  const store = await postgres.open({ retention: { [category]: 1 }, trimEveryMs: 10 });
  const stream = freshStream(category);
  const position = await appended(store.append(stream, NO_STREAM, messagesSent(9)));
  await eventually(async () => expect(await countOf(store, stream)).toBe(1));
  const reopened = await postgres.open();
  expect(await appended(reopened.append(stream, 8, [messageSent()]))).toBe(position + 1n);
});

test('a store that is not asked to leaves the log alone, and so does one that closes before its time', async () => {
  const category = freshCategory();
  const [asked, lazy] = [
    await postgres.open({ retention: { [category]: 5 }, trimEveryMs: NEVER_MS }),
    await postgres.open({ trimEveryMs: 1 }),
  ];
  const stream = freshStream(category);
  await appended(lazy.append(stream, NO_STREAM, messagesSent(50)));
  await asked.close();
  expect(await countOf(lazy, stream)).toBe(50);
});

test('a database that is away meanwhile: it goes on when it is back', async () => {
  const [applicationName, category] = ['trimming', freshCategory()];
  const store = await postgres.open({ retention: { [category]: 5 }, trimEveryMs: 10, applicationName });
  const stream = freshStream(category);
  for (let round = 0; round < 5; round += 1) {
    await postgres.killConnections(applicationName);
    const writer = await postgres.open();
    await appended(writer.append(stream, 10 * round - 1, messagesSent(10)));
    await eventually(async () => expect(await countOf(writer, stream)).toBe(5));
  }
  await store.close();
});
