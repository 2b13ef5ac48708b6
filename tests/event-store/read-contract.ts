import { expect, test } from 'vitest';
import { NO_STREAM } from '../../platform/event-store/event-store.ts';
import type { Stores } from './event-store-contract.ts';
import { freshStream, messagesSent } from './events.ts';

export function readContract(stores: Stores): void {
  test.each([
    ['forwards', 100, [0, 1, 2, 3, 4]],
    ['forwards', 2, [0, 1]],
    ['backwards', 100, [4, 3, 2, 1, 0]],
    ['backwards', 2, [4, 3]],
  ] as const)('%s, at most %i', async (direction, limit, revisions) => {
    const store = await stores.open();
    const stream = freshStream();
    await store.append(stream, NO_STREAM, messagesSent(5));
    const read = await store.readStream(stream, { direction, limit });
    expect(read.map(({ revision }) => revision)).toEqual(revisions);
  });

  test('a stream that does not exist is empty, both ways', async () => {
    const store = await stores.open();
    for (const direction of ['forwards', 'backwards'] as const)
      expect(await store.readStream(freshStream(), { direction, limit: 10 })).toEqual([]);
  });

  test('a stream whose name starts with another is not the other', async () => {
    const store = await stores.open();
    const stream = freshStream();
    await store.append(`${stream}0`, NO_STREAM, messagesSent(1));
    expect(await store.readStream(stream, { direction: 'forwards', limit: 10 })).toEqual([]);
  });

  test('what is appended is read by every instance at once', async () => {
    const [writer, reader] = [await stores.open(), await stores.open()];
    const stream = freshStream();
    for (let revision = NO_STREAM; revision < 10; revision += 1) {
      await writer.append(stream, revision, messagesSent(1));
      const [last] = await reader.readStream(stream, { direction: 'backwards', limit: 1 });
      expect(last?.revision).toBe(revision + 1);
    }
  });

  test('reads asked for together each get their own', async () => {
    const store = await stores.open();
    const streams = Array.from({ length: 60 }, () => freshStream());
    await Promise.all(
      streams.map((stream, index) =>
        index % 3 === 0 ? undefined : store.append(stream, NO_STREAM, messagesSent(1 + (index % 7))),
      ),
    );
    const lengths = streams.map((_, index) => (index % 3 === 0 ? 0 : 1 + (index % 7)));
    const reads = await Promise.all(
      [...streams, ...streams].map((stream, index) =>
        store.readStream(stream, {
          direction: index < 60 ? 'forwards' : 'backwards',
          limit: 1 + (index % 5),
        }),
      ),
    );
    reads.forEach((read, index) => {
      const length = lengths[index % 60] ?? 0;
      const all = Array.from({ length }, (_, revision) => revision);
      if (index >= 60) all.reverse();
      expect(read.map(({ revision }) => revision)).toEqual(all.slice(0, 1 + (index % 5)));
      expect(new Set(read.map(({ stream }) => stream))).toEqual(
        new Set(length > 0 ? [streams[index % 60]] : []),
      );
    });
  });
}
