import { expect, test } from 'vitest';
import { type EventStore, NO_STREAM } from '../../platform/event-store/event-store.ts';
import type { StreamName } from '../../platform/event-store/stream-name.ts';
import type { Stores } from './event-store-contract.ts';
import { appended, freshCategory, freshStream, messageSent, messagesSent } from './events.ts';
import { everything } from './reading.ts';

const OUTDATED = { outcome: 'outdated' };

export function conditionContract(stores: Stores): void {
  /** As whoever decides on `stream` at `revision` would. */
  const appendOn = (store: EventStore, stream: StreamName, revision: number, mayLag = false) =>
    store.append(freshStream(), NO_STREAM, [messageSent()], { stream, revision, mayLag });

  test('is stored while that stream is where it was', async () => {
    const store = await stores.open();
    const [base, stream] = [freshStream(), freshStream()];
    await appended(store.append(base, NO_STREAM, messagesSent(3)));
    await appended(store.append(stream, NO_STREAM, messagesSent(2), { stream: base, revision: 2 }));
    await appended(store.append(stream, 1, [messageSent()], { stream: base, revision: 2 }));
    expect(await everything(store, stream)).toHaveLength(3);
  });

  test('may rest on a stream that does not exist', async () => {
    const store = await stores.open();
    const base = freshStream();
    await appended(appendOn(store, base, NO_STREAM));
    await appended(store.append(base, NO_STREAM, [messageSent()]));
    expect(await appendOn(store, base, NO_STREAM)).toEqual(OUTDATED);
  });

  test.each([
    ['an earlier', 0],
    ['a later', 5],
  ])('stores nothing when that stream is said to be at %s revision', async (_, revision) => {
    const store = await stores.open();
    const [base, stream] = [freshStream(), freshStream()];
    await appended(store.append(base, NO_STREAM, messagesSent(2)));
    expect(await store.append(stream, NO_STREAM, [messageSent()], { stream: base, revision })).toEqual(
      OUTDATED,
    );
    expect(await everything(store, stream)).toEqual([]);
  });

  test('can still find its own stream changed', async () => {
    const store = await stores.open();
    const [base, stream] = [freshStream(), freshStream()];
    await appended(store.append(base, NO_STREAM, [messageSent()]));
    await appended(store.append(stream, NO_STREAM, messagesSent(2)));
    const result = await store.append(stream, NO_STREAM, [messageSent()], { stream: base, revision: 0 });
    expect(result).toEqual({ outcome: 'conflict', actualRevision: 1 });
  });

  test('sees every change that another instance was told of, over and over', async () => {
    const [here, there] = [await stores.open(), await stores.open()];
    const base = freshStream();
    for (let revision = 0; revision < 50; revision += 1) {
      await appended(there.append(base, revision - 1, [messageSent()]));
      expect(await appendOn(here, base, revision - 1)).toEqual(OUTDATED);
      await appended(appendOn(here, base, revision));
    }
  });

  test('sees every change also among hundreds of appends at once, resting on many streams', async () => {
    const [here, there] = [await stores.open(), await stores.open()];
    const category = freshCategory();
    const streams = Array.from({ length: 40 }, () => freshStream(category));
    await Promise.all(streams.map((stream) => appended(there.append(stream, NO_STREAM, [messageSent()]))));
    for (let revision = 0; revision < 5; revision += 1) {
      const changed = streams.filter((_, index) => index % 5 === revision);
      await Promise.all(changed.map((stream) => appended(there.append(stream, 0, [messageSent()]))));
      const results = await Promise.all(
        Array.from({ length: 8 }).flatMap(() => streams.map((stream) => appendOn(here, stream, 0))),
      );
      const outdated = streams.filter((_, index) => index % 5 <= revision);
      expect(results.map(({ outcome }) => outcome)).toEqual(
        results.map((_, index) => (outdated.includes(streams[index % 40] ?? '') ? 'outdated' : 'appended')),
      );
    }
  });

  test('that may lag sees every change that another instance has awaited the commit wait for', async () => {
    const [here, there] = [await stores.open(), await stores.open()];
    const streams = Array.from({ length: 10 }, () => freshStream());
    for (let revision = 0; revision < 5; revision += 1) {
      const lagging = () => Promise.all(streams.map((stream) => appendOn(here, stream, revision - 1, true)));
      expect(await lagging()).toEqual(
        streams.map(() => ({ outcome: 'appended', position: expect.any(BigInt) })),
      );
      await Promise.all(
        streams.map((stream) => appended(there.append(stream, revision - 1, [messageSent()]))),
      );
      const meanwhile = lagging();
      await there.commitWait();
      expect(await lagging()).toEqual(streams.map(() => OUTDATED));
      await meanwhile;
    }
  });

  test('is stored after those that rest on the same stream and were appended before', async () => {
    const store = await stores.open();
    const streams = Array.from({ length: 20 }, () => freshStream());
    await Promise.all(streams.map((stream) => appended(store.append(stream, NO_STREAM, [messageSent()]))));
    const positions = new Map<string, Promise<bigint>[]>(streams.map((stream) => [stream, []]));
    for (let turn = 0; turn < 40; turn += 1) {
      for (const stream of streams) positions.get(stream)?.push(appended(appendOn(store, stream, 0)));
      if (turn % 3 === 0) await new Promise(setImmediate);
    }
    for (const stored of await Promise.all([...positions.values()].map((each) => Promise.all(each)))) {
      expect(stored).toHaveLength(40);
      expect(stored).toEqual(stored.toSorted((a, b) => Number(a - b)));
    }
  });

  test('stores nothing twice when it is repeated', async () => {
    const store = await stores.open();
    const [base, stream] = [freshStream(), freshStream()];
    const event = messageSent();
    const append = () => store.append(stream, NO_STREAM, [event], { stream: base, revision: NO_STREAM });
    const position = await appended(append());
    expect(await append()).toEqual({ outcome: 'appended', position });
    await appended(store.append(base, NO_STREAM, [messageSent()]));
    await append();
    expect(await everything(store, stream)).toEqual([{ ...event, stream, revision: 0, position }]);
  });

  test('to a stream whose name has a line feed is refused', async () => {
    const store = await stores.open();
    await expect(appendOn(store, `${freshStream()}\n`, NO_STREAM)).rejects.toThrow(RangeError);
  });
}
