import { expect, test } from 'vitest';
import { NO_STREAM } from '../../platform/event-store/event-store.ts';
import type { Stores } from './event-store-contract.ts';
import { appended, freshStream, messageSent, messagesSent } from './events.ts';
import { everything } from './reading.ts';

export function appendContract(stores: Stores): void {
  test('a new stream is at no revision, its first event at 0', async () => {
    const store = await stores.open();
    const stream = freshStream();
    const event = messageSent();
    const position = await appended(store.append(stream, NO_STREAM, [event]));
    expect(await everything(store, stream)).toEqual([{ ...event, stream, revision: 0, position }]);
  });

  test('what comes next expects the last revision and has a later position', async () => {
    const store = await stores.open();
    const stream = freshStream();
    const first = await appended(store.append(stream, NO_STREAM, messagesSent(3)));
    const second = await appended(store.append(stream, 2, messagesSent(2)));
    expect(second).toBeGreaterThan(first);
    expect((await everything(store, stream)).map(({ revision }) => revision)).toEqual([0, 1, 2, 3, 4]);
  });

  test('several events are appended in their order; the position is that of the last', async () => {
    const store = await stores.open();
    const stream = freshStream();
    const events = messagesSent(20);
    const position = await appended(store.append(stream, NO_STREAM, events));
    const read = await everything(store, stream);
    expect(read.map(({ id }) => id)).toEqual(events.map(({ id }) => id));
    expect(read.at(-1)?.position).toBe(position);
  });

  test.each([
    ['a new stream, but it exists', NO_STREAM],
    ['an earlier revision', 0],
    ['a later revision', 7],
  ])('expecting %s: conflict, with the revision that the stream is at', async (_, expectedRevision) => {
    const store = await stores.open();
    const stream = freshStream();
    await appended(store.append(stream, NO_STREAM, messagesSent(3)));
    const result = await store.append(stream, expectedRevision, messagesSent(2));
    expect(result).toEqual({ outcome: 'conflict', actualRevision: 2 });
    expect(await everything(store, stream)).toHaveLength(3);
  });

  test('expecting a revision of a stream that does not exist: conflict at no stream', async () => {
    const store = await stores.open();
    const stream = freshStream();
    expect(await store.append(stream, 0, [messageSent()])).toEqual({
      outcome: 'conflict',
      actualRevision: NO_STREAM,
    });
    expect(await everything(store, stream)).toEqual([]);
  });

  test('an append without events, or to a name with a line feed, is refused', async () => {
    const store = await stores.open();
    await expect(store.append(freshStream(), NO_STREAM, [])).rejects.toThrow(RangeError);
    await expect(store.append(`${freshStream()}\n`, NO_STREAM, [messageSent()])).rejects.toThrow(RangeError);
  });

  test('thousand appends at once, each to a stream of its own', async () => {
    const store = await stores.open();
    const events = messagesSent(1000);
    const streams = events.map(() => freshStream());
    const positions = await Promise.all(
      events.map((event, index) => appended(store.append(streams[index] ?? '', NO_STREAM, [event]))),
    );
    expect(new Set(positions).size).toBe(1000);
    const read = await Promise.all(streams.map((stream) => everything(store, stream)));
    expect(read.map(([event]) => event?.id)).toEqual(events.map(({ id }) => id));
    expect(read.map(([event]) => event?.position)).toEqual(positions);
  });

  test('fifty appends at once to one stream, all expecting it new: one wins', async () => {
    const [one, two] = [await stores.open(), await stores.open()];
    const stream = freshStream();
    const results = await Promise.all(
      messagesSent(50).map((event, index) => (index % 2 ? one : two).append(stream, NO_STREAM, [event])),
    );
    expect(results.filter(({ outcome }) => outcome === 'appended')).toHaveLength(1);
    const losers = results.filter(({ outcome }) => outcome === 'conflict');
    expect(losers).toEqual(Array.from({ length: 49 }, () => ({ outcome: 'conflict', actualRevision: 0 })));
    expect(await everything(one, stream)).toHaveLength(1);
  });

  test('conflicts among appends that arrive together touch nobody else', async () => {
    const store = await stores.open();
    const taken = freshStream();
    await appended(store.append(taken, NO_STREAM, [messageSent()]));
    const [free, alsoFree] = [freshStream(), freshStream()];
    const results = await Promise.all([
      store.append(free, NO_STREAM, messagesSent(2)),
      store.append(taken, NO_STREAM, messagesSent(2)),
      store.append(alsoFree, NO_STREAM, messagesSent(2)),
    ]);
    expect(results.map(({ outcome }) => outcome)).toEqual(['appended', 'conflict', 'appended']);
    expect((await everything(store, free)).length).toBe(2);
    expect((await everything(store, alsoFree)).length).toBe(2);
  });
}
