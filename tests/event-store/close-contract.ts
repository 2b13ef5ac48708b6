import { expect, test, vi } from 'vitest';
import { EventStoreUnavailable, NO_STREAM } from '../../platform/event-store/event-store.ts';
import { eventually } from '../support/patience.ts';
import type { Stores } from './event-store-contract.ts';
import { appended, freshStream, messageSent, messagesSent } from './events.ts';
import { everything, watch } from './reading.ts';

export function closeContract(stores: Stores): void {
  test('closing finishes the appends under way, and rejects later ones', async () => {
    const [closing, other] = [await stores.open(), await stores.open()];
    const streams = Array.from({ length: 300 }, () => freshStream());
    const underWay = streams.map((stream) => appended(closing.append(stream, NO_STREAM, messagesSent(2))));
    await closing.close();
    await Promise.all(underWay);
    const read = await Promise.all(streams.map((stream) => everything(other, stream)));
    expect(new Set(read.map(({ length }) => length))).toEqual(new Set([2]));

    const late = freshStream();
    await expect(closing.append(late, NO_STREAM, [messageSent()])).rejects.toBeInstanceOf(
      EventStoreUnavailable,
    );
    await expect(everything(closing, late)).rejects.toBeInstanceOf(EventStoreUnavailable);
    expect(await everything(other, late)).toEqual([]);
  });

  test('closing ends subscriptions', async () => {
    const store = await stores.open();
    const ended = vi.fn();
    const watcher = watch(store, { after: stores.begin(), prefixes: [] });
    await eventually(() => expect(watcher.batches.at(-1)?.caughtUp).toBe(true));
    const stopping = new AbortController();
    const subscription = (async () => {
      for await (const _ of store.subscribe({
        after: stores.begin(),
        prefixes: [],
        batchSize: 500,
        signal: stopping.signal,
      }));
      ended();
    })();
    await store.close();
    await subscription;
    expect(ended).toHaveBeenCalledOnce();
    await watcher.stop();
  });

  test('closing again is harmless', async () => {
    const store = await stores.open();
    await store.close();
    await store.close();
  });
}
