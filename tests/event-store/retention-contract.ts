import { expect, test } from 'vitest';
import { type EventStore, NO_STREAM, type RecordedEvent } from '../../platform/event-store/event-store.ts';
import type { StreamName } from '../../platform/event-store/stream-name.ts';
import { eventually } from '../support/patience.ts';
import type { Stores } from './event-store-contract.ts';
import { appended, freshCategory, freshStream, messageSent, messagesSent } from './events.ts';
import { catchUp, everything, watch } from './reading.ts';

const KEPT = 5;

const revisionsOf = (events: readonly RecordedEvent[]): number[] => events.map(({ revision }) => revision);

const lastOf = (length: number): number[] =>
  Array.from({ length: Math.min(length, KEPT) }, (_, index) => Math.max(length - KEPT, 0) + index);

export function retentionContract(stores: Stores): void {
  /** A category of which the last events are kept, by those who have opened the store so. */
  const open = async () => {
    const category = freshCategory();
    return { category, store: await stores.open({ [category]: KEPT }) };
  };

  /** `groups` of events, an append each. */
  async function fill(store: EventStore, stream: StreamName, groups: readonly number[]): Promise<void> {
    let last = NO_STREAM;
    for (const count of groups) {
      await appended(store.append(stream, last, messagesSent(count)));
      last += count;
    }
  }

  const untilTrimmed = (store: EventStore, stream: StreamName, length: number) =>
    eventually(async () => expect(revisionsOf(await everything(store, stream))).toEqual(lastOf(length)));

  test.each([
    ['one by one', Array.from({ length: 23 }, () => 1)],
    ['in groups', [3, 1, 4, 1, 5, 9]],
    ['at once', [23]],
  ])('of a stream that has grown %s the last events are kept', async (_, groups) => {
    const { category, store } = await open();
    const stream = freshStream(category);
    await fill(store, stream, groups);
    await untilTrimmed(store, stream, 23);
    const other = await stores.open();
    expect(revisionsOf(await everything(other, stream))).toEqual(lastOf(23));
    const back = await store.readStream(stream, { direction: 'backwards', limit: 100 });
    expect(revisionsOf(back)).toEqual(lastOf(23).reverse());
    expect(revisionsOf(await store.readStream(stream, { direction: 'forwards', limit: 2 }))).toEqual([
      18, 19,
    ]);
  });

  test('a stream that has no more than that, and those of other categories, keep all', async () => {
    const { category, store } = await open();
    const [short, longer, other] = [freshStream(category), freshStream(category), freshStream()];
    const alike = freshStream(`${category}x`);
    await fill(store, short, [2, KEPT - 2]);
    await fill(store, other, [40]);
    await fill(store, alike, [40]);
    await fill(store, longer, [10, 20, 1]);
    await untilTrimmed(store, longer, 31);
    expect(await everything(store, short)).toHaveLength(KEPT);
    expect(await everything(store, other)).toHaveLength(40);
    expect(await everything(store, alike)).toHaveLength(40);
  });

  test('a stream goes on at its revision, and is kept as long as before', async () => {
    const { category, store } = await open();
    const stream = freshStream(category);
    await fill(store, stream, [12]);
    await untilTrimmed(store, stream, 12);
    for (const expected of [NO_STREAM, KEPT - 1, 3, 10])
      expect(await store.append(stream, expected, [messageSent()])).toEqual({
        outcome: 'conflict',
        actualRevision: 11,
      });
    const before = (await everything(store, stream)).at(-1)?.position ?? 0n;
    expect(await appended(store.append(stream, 11, messagesSent(8)))).toBeGreaterThan(before);
    await untilTrimmed(store, stream, 20);
    const condition = { stream, revision: 19 };
    await appended(store.append(freshStream(), NO_STREAM, [messageSent()], condition));
  });

  test('a repeated append is known among what is kept, and stores nothing in any case', async () => {
    const { category, store } = await open();
    const stream = freshStream(category);
    const [gone, kept] = [messagesSent(7), messagesSent(4)];
    const first = await store.append(stream, NO_STREAM, gone);
    const last = await store.append(stream, 6, kept);
    await untilTrimmed(store, stream, 11);
    stores.scavenge();
    expect(await store.append(stream, 6, kept)).toEqual(last);
    const again = await store.append(stream, NO_STREAM, gone);
    expect([first, { outcome: 'conflict', actualRevision: 10 }]).toContainEqual(again);
    expect(revisionsOf(await everything(store, stream))).toEqual(lastOf(11));
  });

  test('at the place of one that has gone stands nothing, or that one', async () => {
    const { category, store } = await open();
    const stream = freshStream(category);
    await fill(store, stream, [KEPT]);
    const before = await everything(store, stream);
    await appended(store.append(stream, KEPT - 1, messagesSent(2 * KEPT)));
    await untilTrimmed(store, stream, 3 * KEPT);
    for (const event of before) expect([null, event]).toContainEqual(await store.readAt(event.position));
    stores.scavenge();
    for (const event of before) expect([null, event]).toContainEqual(await store.readAt(event.position));
    for (const event of await everything(store, stream))
      expect(await store.readAt(event.position)).toEqual(event);
  });

  test('subscribers pass by what has gone, wherever they begin, and are live then', async () => {
    const { category, store } = await open();
    const streams = [freshStream(category), freshStream(category)];
    const midst: bigint[] = [];
    for (let revision = NO_STREAM; revision < 29; revision += 1)
      for (const stream of streams)
        midst.push(await appended(store.append(stream, revision, [messageSent()])));
    for (const stream of streams) await untilTrimmed(store, stream, 30);
    stores.scavenge();
    const prefixes = [`${category}-`];
    const kept = (await Promise.all(streams.map((stream) => everything(store, stream))))
      .flat()
      .sort((a, b) => Number(a.position - b.position));
    for (const after of [stores.begin(), ...midst.slice(0, 60).filter((_, index) => index % 7 === 0)]) {
      const batches = await catchUp(store, { after, prefixes, batchSize: 3 });
      const events = batches.flatMap((batch) => batch.events);
      expect(events.slice(-kept.length)).toEqual(kept.filter(({ position }) => position > after));
      const positions = batches.map(({ position }) => position);
      expect(positions).toEqual(positions.toSorted((a, b) => Number(a - b)));
    }
    const watcher = watch(store, { after: midst[3] ?? -1n, prefixes });
    await eventually(() => expect(watcher.batches.at(-1)?.caughtUp).toBe(true));
    const position = await appended(store.append(streams[0] ?? '', 29, [messageSent()]));
    await eventually(() => expect(watcher.events.at(-1)?.position).toBe(position));
    await watcher.stop();
  });

  test('where several see to it while streams grow, subscribers get the last events of each, none twice', async () => {
    const { category, store } = await open();
    const all = [store, await stores.open({ [category]: KEPT }), await stores.open({ [category]: KEPT })];
    const streams = Array.from({ length: 6 }, () => freshStream(category));
    const watcher = watch(store, { after: stores.begin(), prefixes: [`${category}-`], batchSize: 4 });
    await Promise.all(
      streams.map(async (stream, index) => {
        const appending = all[index % all.length] ?? store;
        for (let revision = NO_STREAM; revision < 59; revision += 1)
          await appended(appending.append(stream, revision, [messageSent()]));
      }),
    );
    for (const stream of streams) await untilTrimmed(store, stream, 60);
    await eventually(() => {
      for (const stream of streams) {
        const seen = watcher.events.filter((event) => event.stream === stream);
        expect(revisionsOf(seen).slice(-KEPT)).toEqual(lastOf(60));
      }
    });
    const positions = watcher.events.map(({ position }) => position);
    expect(new Set(positions).size).toBe(positions.length);
    expect(positions).toEqual(positions.toSorted((a, b) => Number(a - b)));
    await watcher.stop();
  });
}
