import { expect, test } from 'vitest';
import { EventStoreUnavailable, NO_STREAM } from '../../platform/event-store/event-store.ts';
import type { BetweenRecords } from '../eventstoredb-double/faults.ts';
import { eventually } from '../support/patience.ts';
import { appended, freshStream, messageSent, messagesSent } from './events.ts';
import { everything, watch } from './reading.ts';
import { useDouble } from './use-double.ts';

const server = useDouble();

test.each<BetweenRecords>(['error', 'error since 24', 'next record'])(
  'a place where no record begins, answered by %s: null, and everything else goes on',
  async (answer) => {
    const store = server.openStore();
    const stream = freshStream();
    const watcher = watch(store, { prefixes: [stream] });
    const places = [await appended(store.append(stream, NO_STREAM, messagesSent(2)))];
    places.push(await appended(store.append(stream, 1, messagesSent(1))));
    server.double.faults.betweenRecords = answer;
    const made = places.flatMap((place) => [place - 2n, place - 20n, place + 2n]);
    const [found, append] = await Promise.all([
      Promise.all(made.map((place) => store.readAt(place))),
      appended(store.append(stream, 2, [messageSent()])),
    ]);
    expect(found).toEqual(made.map(() => null));
    expect((await store.readAt(append))?.revision).toBe(3);
    expect(await everything(store, stream)).toHaveLength(4);
    await eventually(() => expect(watcher.events).toHaveLength(4));
    await watcher.stop();
  },
);

test('what the server itself wrote is nobody’s event', async () => {
  const store = server.openStore();
  const epoch = server.double.log.events[0];
  expect(epoch).toMatchObject({ stream: '$epoch-information', position: 0n });
  expect(await store.readAt(1n)).toBeNull();
});

test('a server that is silent, or away, is unavailable, which says nothing of the place', async () => {
  const store = server.openStore({ timeoutMs: 300 });
  const place = await eventually(() => appended(store.append(freshStream(), NO_STREAM, [messageSent()])));
  server.double.faults.readsHang = true;
  for (const asked of [place, place + 2n])
    await expect(store.readAt(asked)).rejects.toBeInstanceOf(EventStoreUnavailable);
  server.double.faults.readsHang = false;
  server.double.kill();
  await expect(store.readAt(place)).rejects.toBeInstanceOf(EventStoreUnavailable);
  await server.double.start();
  await eventually(async () => expect((await store.readAt(place))?.position).toBe(place));
});
