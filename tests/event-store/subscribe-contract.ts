import { expect, test } from 'vitest';
import { NO_STREAM } from '../../platform/event-store/event-store.ts';
import { eventually } from '../support/patience.ts';
import type { Stores } from './event-store-contract.ts';
import { appended, freshCategory, freshStream, messageSent, messagesSent } from './events.ts';
import { catchUp, watch } from './reading.ts';

export function subscribeContract(stores: Stores): void {
  test('from the start: everything so far, in order, in batches of at most the size asked for', async () => {
    const store = await stores.open();
    const category = freshCategory();
    const events = messagesSent(25);
    for (const event of events) await store.append(freshStream(category), NO_STREAM, [event]);
    const batches = await catchUp(store, { prefixes: [`${category}-`], batchSize: 10 });
    expect(batches.flatMap((batch) => batch.events).map(({ id }) => id)).toEqual(events.map(({ id }) => id));
    expect(Math.max(...batches.map((batch) => batch.events.length))).toBeLessThanOrEqual(10);
    expect(batches.map(({ caughtUp }) => caughtUp)).toEqual(
      batches.map((_, index) => index === batches.length - 1),
    );
  });

  test('without a filter: all streams', async () => {
    const store = await stores.open();
    const streams = [freshStream(), freshStream(), freshStream()];
    for (const stream of streams) await store.append(stream, NO_STREAM, messagesSent(2));
    const batches = await catchUp(store, { after: stores.begin(), prefixes: [] });
    const seen = batches.flatMap((batch) => batch.events).map(({ stream }) => stream);
    expect(seen.filter((stream) => streams.includes(stream))).toEqual(
      streams.flatMap((stream) => [stream, stream]),
    );
  });

  test('from a position: only what comes after it', async () => {
    const store = await stores.open();
    const category = freshCategory();
    const positions: bigint[] = [];
    for (const event of messagesSent(10))
      positions.push(await appended(store.append(freshStream(category), NO_STREAM, [event])));
    const batches = await catchUp(store, {
      after: positions[3] ?? -1n,
      prefixes: [`${category}-`],
      batchSize: 4,
    });
    const seen = batches.flatMap((batch) => batch.events);
    expect(seen.map(({ position }) => position)).toEqual(positions.slice(4));
  });

  test('resumed after each batch: nothing twice, nothing missing', async () => {
    const store = await stores.open();
    const category = freshCategory();
    const events = messagesSent(23);
    let after = await appended(store.append(freshStream(), NO_STREAM, [messageSent()]));
    await Promise.all(events.map((event) => store.append(freshStream(category), NO_STREAM, [event])));
    const seen: string[] = [];
    for (let caughtUp = false; !caughtUp; ) {
      const stopping = new AbortController();
      const options = { after, prefixes: [`${category}-`], batchSize: 5, signal: stopping.signal };
      for await (const batch of store.subscribe(options)) {
        seen.push(...batch.events.map(({ id }) => id));
        ({ position: after, caughtUp } = batch);
        break;
      }
      stopping.abort();
    }
    expect(seen.toSorted()).toEqual(events.map(({ id }) => id).toSorted());
  });

  test('only streams that start with one of the prefixes', async () => {
    const store = await stores.open();
    const [one, two, other] = [freshCategory(), freshCategory(), freshCategory()];
    for (const category of [one, other, two, one, other])
      await store.append(freshStream(category), NO_STREAM, [messageSent()]);
    await store.append(freshStream(`${one}x`), NO_STREAM, [messageSent()]);
    const batches = await catchUp(store, { after: stores.begin(), prefixes: [`${one}-`, `${two}-`] });
    const seen = batches.flatMap((batch) => batch.events).map(({ stream }) => stream.split('-')[0]);
    expect(seen).toEqual([one, two, one]);
  });

  test('a prefix is taken literally', async () => {
    const store = await stores.open();
    const category = freshCategory();
    await store.append(freshStream(category), NO_STREAM, [messageSent()]);
    for (const prefix of [
      `${category.slice(0, -1)}_-`,
      `${category.slice(0, 8)}%`,
      `${category.slice(0, 8)}.*`,
    ]) {
      const batches = await catchUp(store, { after: stores.begin(), prefixes: [prefix] });
      expect(batches.flatMap((batch) => batch.events)).toEqual([]);
    }
  });

  test('when nothing matches, the position moves on all the same', async () => {
    const store = await stores.open();
    const last = await appended(store.append(freshStream(), NO_STREAM, messagesSent(20)));
    const batches = await catchUp(store, { after: stores.begin(), prefixes: [`${freshCategory()}-`] });
    expect(batches.at(-1)?.position).toBeGreaterThanOrEqual(last);
    expect(batches.at(-1)?.caughtUp).toBe(true);
  });

  test('catches up, says so, then is live', async () => {
    const [writer, reader] = [await stores.open(), await stores.open()];
    const category = freshCategory();
    await writer.append(freshStream(category), NO_STREAM, messagesSent(3));
    const watcher = watch(reader, { after: stores.begin(), prefixes: [`${category}-`] });
    await eventually(() => expect(watcher.batches.at(-1)?.caughtUp).toBe(true));
    expect(watcher.events).toHaveLength(3);
    for (let round = 1; round <= 20; round += 1) {
      await writer.append(freshStream(category), NO_STREAM, [messageSent()]);
      await eventually(() => expect(watcher.events).toHaveLength(3 + round));
    }
    await eventually(() => expect(watcher.batches.at(-1)?.caughtUp).toBe(true));
    await watcher.stop();
  });

  test('a slow subscriber gets everything, no more at a time than it asked for', async () => {
    const store = await stores.open();
    const category = freshCategory();
    const watcher = watch(store, {
      after: stores.begin(),
      prefixes: [`${category}-`],
      batchSize: 50,
      pause: () => new Promise((resolve) => setTimeout(resolve, 5)),
    });
    const events = messagesSent(3000);
    for (let index = 0; index < events.length; index += 100)
      await store.append(freshStream(category), NO_STREAM, events.slice(index, index + 100));
    await eventually(() => expect(watcher.events).toHaveLength(3000));
    expect(watcher.events.map(({ id }) => id)).toEqual(events.map(({ id }) => id));
    expect(Math.max(...watcher.batches.map((batch) => batch.events.length))).toBeLessThanOrEqual(50);
    await watcher.stop();
  });

  test('aborting ends it: before it starts, while it waits, and between batches', async () => {
    const store = await stores.open();
    const category = freshCategory();
    const prefixes = [`${category}-`];
    await store.append(freshStream(category), NO_STREAM, messagesSent(10));
    const never = store.subscribe({ after: -1n, prefixes, batchSize: 1, signal: AbortSignal.abort() });
    for await (const batch of never) expect.unreachable(`got ${batch.position}`);

    const waiting = watch(store, { after: stores.begin(), prefixes });
    await eventually(() => expect(waiting.batches.at(-1)?.caughtUp).toBe(true));
    await waiting.stop();

    const stopping = new AbortController();
    let batches = 0;
    for await (const batch of store.subscribe({
      after: stores.begin(),
      prefixes,
      batchSize: 1,
      signal: stopping.signal,
    })) {
      batches += batch.events.length;
      if (batches === 3) stopping.abort();
    }
    expect(batches).toBe(3);
  });

  test('from just before an event begins with that event', async () => {
    const store = await stores.open();
    const stream = freshStream();
    const first = await appended(store.append(stream, NO_STREAM, [messageSent()]));
    await appended(store.append(stream, 0, [messageSent()]));
    const ended = new AbortController();
    for await (const { events } of store.subscribe({
      after: first - 1n,
      prefixes: [],
      batchSize: 1,
      signal: ended.signal,
    })) {
      if (events.length === 0) continue;
      expect(events.map(({ position }) => position)).toEqual([first]);
      ended.abort();
    }
  });
}
