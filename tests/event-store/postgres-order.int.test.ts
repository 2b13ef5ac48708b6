import type pg from 'pg';
import { expect, test } from 'vitest';
import { EventStoreUnavailable, NO_STREAM } from '../../platform/event-store/event-store.ts';
import { appendStatement } from '../../platform/event-store/postgres/appender.ts';
import { eventually } from '../support/patience.ts';
import { appended, freshCategory, freshStream, messageSent } from './events.ts';
import { usePostgres } from './postgres-harness.ts';
import { everything, watch } from './reading.ts';

const postgres = usePostgres();

/** Somebody who appends and then takes a long time to commit. */
async function appendUncommitted(client: pg.Client, stream: string): Promise<void> {
  await client.query('begin');
  await client.query(appendStatement([{ stream, expectedRevision: NO_STREAM, events: [messageSent()] }]));
}

const waitingForTheLock = async (client: pg.Client): Promise<number> => {
  const { rowCount } = await client.query(
    `select 1 from pg_locks where locktype = 'advisory' and not granted
     and database = (select oid from pg_database where datname = current_database())`,
  );
  return rowCount ?? 0;
};

test.each([
  ['commit', 1],
  ['rollback', 0],
])(
  'while an append is not committed, no later one appears; after its %s all do, in order',
  async (end, kept) => {
    const [writer, reader] = [await postgres.open({ timeoutMs: 20_000 }), await postgres.open()];
    const [slow, observer] = [await postgres.connect(), await postgres.connect()];
    const category = freshCategory();
    const [first, ...later] = [freshStream(category), freshStream(category), freshStream(category)];
    const watcher = watch(reader, { prefixes: [`${category}-`], batchSize: 1 });
    await eventually(() => expect(watcher.batches.at(-1)?.caughtUp).toBe(true));

    await appendUncommitted(slow, first ?? '');
    const appends: Promise<bigint>[] = [];
    for (const [index, stream] of later.entries()) {
      appends.push(appended(writer.append(stream, NO_STREAM, [messageSent()])));
      await eventually(async () => expect(await waitingForTheLock(observer)).toBe(index + 1));
    }
    const other = await postgres.open();
    const seenMeanwhile = watch(other, { prefixes: [`${category}-`] });
    await eventually(() => expect(seenMeanwhile.batches.at(-1)?.caughtUp).toBe(true));
    expect([...watcher.events, ...seenMeanwhile.events]).toEqual([]);

    await slow.query(end);
    await Promise.all(appends);
    const expected = [...(kept ? [first] : []), ...later].toSorted();
    await eventually(() => expect(watcher.events).toHaveLength(expected.length));
    await eventually(() => expect(seenMeanwhile.events).toEqual(watcher.events));
    expect(watcher.events.map(({ stream }) => stream).toSorted()).toEqual(expected);
    if (kept) expect(watcher.events[0]?.stream).toBe(first);
    const positions = watcher.events.map(({ position }) => position);
    expect(positions).toEqual(positions.toSorted((a, b) => Number(a - b)));
    await Promise.all([watcher.stop(), seenMeanwhile.stop()]);
  },
);

test('an append that would wait too long for another rejects, is not stored later, and can be repeated', async () => {
  const store = await postgres.open({ timeoutMs: 1500 });
  const slow = await postgres.connect();
  const stream = freshStream();
  await appendUncommitted(slow, freshStream());
  const events = [messageSent()];
  await expect(store.append(stream, NO_STREAM, events)).rejects.toBeInstanceOf(EventStoreUnavailable);
  await slow.query('rollback');
  await appended(store.append(stream, NO_STREAM, events));
  expect(await everything(store, stream)).toHaveLength(1);
});

test('an append that comes together with a change of the stream that it rests on is stored before it or not at all', async () => {
  const [here, there] = [await postgres.open(), await postgres.open()];
  const base = freshStream();
  await appended(here.append(base, NO_STREAM, [messageSent()]));
  const change = appended(here.append(base, 0, [messageSent()]));
  const rest = () => here.append(freshStream(), NO_STREAM, [messageSent()], { stream: base, revision: 0 });
  const elsewhere = there.append(freshStream(), NO_STREAM, [messageSent()], { stream: base, revision: 0 });
  const results = await Promise.all([rest(), rest(), rest(), elsewhere]);
  const changedAt = await change;
  expect(results.slice(0, 3)).toEqual(Array(3).fill({ outcome: 'outdated' }));
  const [other] = results.slice(3);
  expect(other?.outcome === 'appended' ? other.position < changedAt : other?.outcome === 'outdated').toBe(
    true,
  );
});
