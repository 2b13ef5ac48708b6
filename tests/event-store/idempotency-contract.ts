import { expect, test } from 'vitest';
import { NO_STREAM } from '../../platform/event-store/event-store.ts';
import type { Stores } from './event-store-contract.ts';
import { appended, freshStream, messageSent, messagesSent } from './events.ts';
import { everything } from './reading.ts';

export function idempotencyContract(stores: Stores): void {
  test('repeated at once: answered as before, nothing stored', async () => {
    const store = await stores.open();
    const stream = freshStream();
    const events = messagesSent(3);
    const first = await store.append(stream, NO_STREAM, events);
    expect(await store.append(stream, NO_STREAM, events)).toEqual(first);
    expect(await everything(store, stream)).toHaveLength(3);
  });

  test('repeated when more has been appended since: answered as before, nothing stored', async () => {
    const store = await stores.open();
    const stream = freshStream();
    await appended(store.append(stream, NO_STREAM, messagesSent(2)));
    const events = messagesSent(2);
    const first = await store.append(stream, 1, events);
    await appended(store.append(stream, 3, messagesSent(2)));
    expect(await store.append(stream, 1, events)).toEqual(first);
    expect(await everything(store, stream)).toHaveLength(6);
  });

  test('repeated elsewhere while the first is under way: both answered alike, stored once', async () => {
    const all = [await stores.open(), await stores.open(), await stores.open()];
    const stream = freshStream();
    const events = messagesSent(2);
    const results = await Promise.all(
      Array.from({ length: 30 }, (_, index) => all[index % 3]?.append(stream, NO_STREAM, events)),
    );
    expect(new Set(results.map((result) => result?.outcome))).toEqual(new Set(['appended']));
    const [store] = all;
    const read = store ? await everything(store, stream) : [];
    expect(read).toHaveLength(2);
    for (const result of results)
      expect(result).toEqual({ outcome: 'appended', position: read[1]?.position });
  });

  test('repeated after an outcome that was never known: answered as the first would have been', async () => {
    const [dying, surviving] = [await stores.open(), await stores.open()];
    const stream = freshStream();
    const events = messagesSent(2);
    const unheard = dying.append(stream, NO_STREAM, events);
    await dying.close();
    const position = await appended(surviving.append(stream, NO_STREAM, events));
    expect(await unheard).toEqual({ outcome: 'appended', position });
    expect(await everything(surviving, stream)).toHaveLength(2);
  });

  test('the same ids with another expected revision: conflict', async () => {
    const store = await stores.open();
    const stream = freshStream();
    const events = messagesSent(2);
    await appended(store.append(stream, NO_STREAM, events));
    expect(await store.append(stream, 0, events)).toEqual({ outcome: 'conflict', actualRevision: 1 });
    expect(await everything(store, stream)).toHaveLength(2);
  });

  test('some of the same ids, others new: conflict', async () => {
    const store = await stores.open();
    const stream = freshStream();
    const events = messagesSent(2);
    await appended(store.append(stream, NO_STREAM, events));
    const [first] = events;
    const mixed = first ? [first, messageSent()] : [];
    expect(await store.append(stream, NO_STREAM, mixed)).toEqual({ outcome: 'conflict', actualRevision: 1 });
    expect(await everything(store, stream)).toHaveLength(2);
  });

  test('the same ids in another stream are another append', async () => {
    const store = await stores.open();
    const events = messagesSent(2);
    const [one, two] = [freshStream(), freshStream()];
    await appended(store.append(one, NO_STREAM, events));
    await appended(store.append(two, NO_STREAM, events));
    expect(await everything(store, two)).toHaveLength(2);
  });
}
