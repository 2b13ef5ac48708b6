import { expect, test } from 'vitest';
import { EventStoreUnavailable, NO_STREAM } from '../../platform/event-store/event-store.ts';
import type { Stores } from './event-store-contract.ts';
import { appended, freshStream, messageSent, messagesSent } from './events.ts';
import { everything } from './reading.ts';

/** What somebody may make up. */
const NOWHERE = [
  -1n,
  -(2n ** 63n),
  2n ** 59n,
  2n ** 60n - 1n,
  2n ** 62n + 1n,
  2n ** 63n - 1n,
  2n ** 63n + 1n,
];

export function placeContract(stores: Stores): void {
  test('the event at a place is as its stream gives it, whichever instance is asked', async () => {
    const [store, other] = [await stores.open(), await stores.open()];
    const stream = freshStream();
    await store.append(stream, NO_STREAM, messagesSent(3));
    await store.append(stream, 2, messagesSent(1));
    const events = await everything(store, stream);
    expect(events).toHaveLength(4);
    for (const event of events) {
      expect(await store.readAt(event.position)).toEqual(event);
      expect(await other.readAt(event.position)).toEqual(event);
    }
  });

  test('the log ends where the last event stands, or beyond it', async () => {
    const store = await stores.open();
    const stream = freshStream();
    await store.append(stream, NO_STREAM, messagesSent(2));
    const [, last] = await everything(store, stream);
    expect((await store.end()) - (last?.position ?? 0n)).toBeGreaterThanOrEqual(0n);
    const end = await store.end();
    await store.append(stream, 1, messagesSent(1));
    expect(await store.end()).toBeGreaterThan(end);
    await store.close();
    await expect(store.end()).rejects.toBeInstanceOf(EventStoreUnavailable);
  });

  test('nothing stands before, between and after the places of events', async () => {
    const store = await stores.open();
    const stream = freshStream();
    await store.append(stream, NO_STREAM, messagesSent(3));
    const events = await everything(store, stream);
    const places = new Map(events.map((event) => [event.position, event]));
    for (const { position } of events)
      for (let place = position - 6n; place <= position + 6n; place += 1n) {
        const found = await store.readAt(place);
        if (places.has(place)) expect(found).toEqual(places.get(place));
        // Beside them, others may have appended.
        else if (found) expect([found.position, found.stream === stream]).toEqual([place, false]);
      }
  });

  test('at the beginning of the log stands what was appended first, or nothing', async () => {
    const store = await stores.open();
    for (const place of [0n, 1n, 2n, 3n]) {
      const found = await store.readAt(place);
      if (found) expect(await everything(store, found.stream)).toContainEqual(found);
    }
  });

  test.each(NOWHERE)('nothing stands at %s, and who asks harms nobody', async (place) => {
    const store = await stores.open();
    const stream = freshStream();
    const last = await appended(store.append(stream, NO_STREAM, messagesSent(1)));
    const [made, real] = await Promise.all([store.readAt(place), store.readAt(last)]);
    expect([made, real?.position]).toEqual([null, last]);
    expect(await everything(store, stream)).toHaveLength(1);
    await appended(store.append(stream, 0, [messageSent()]));
  });

  test('what is appended is seen by every instance at once', async () => {
    const [writer, reader] = [await stores.open(), await stores.open()];
    for (let round = 0; round < 10; round += 1) {
      const stream = freshStream();
      const place = await appended(writer.append(stream, NO_STREAM, messagesSent(2)));
      expect(await reader.readAt(place)).toMatchObject({ stream, revision: 1 });
    }
  });

  test('places asked for together, some of them twice, each get their own', async () => {
    const store = await stores.open();
    const stream = freshStream();
    await store.append(stream, NO_STREAM, messagesSent(60));
    const events = await everything(store, stream);
    const asked = [...events, ...events.toReversed()];
    const found = await Promise.all([
      store.readAt(-5n),
      ...asked.map(({ position }) => store.readAt(position)),
    ]);
    expect(found).toEqual([null, ...asked]);
  });

  test('whose time is over is refused, and so is whoever asks a closed store', async () => {
    const store = await stores.open();
    const place = await appended(store.append(freshStream(), NO_STREAM, [messageSent()]));
    const deadline = performance.now() - 1;
    await expect(store.readAt(place, { deadline })).rejects.toBeInstanceOf(EventStoreUnavailable);
    expect(await store.readAt(place, { deadline: performance.now() + 60_000 })).not.toBeNull();
    await store.close();
    await expect(store.readAt(place)).rejects.toBeInstanceOf(EventStoreUnavailable);
    await expect(store.readAt(-1n)).rejects.toBeInstanceOf(EventStoreUnavailable);
  });
}
