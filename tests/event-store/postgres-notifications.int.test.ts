import { pino } from 'pino';
import { expect, test } from 'vitest';
import { NO_STREAM } from '../../platform/event-store/event-store.ts';
import { listenForChanges } from '../../platform/event-store/postgres/log-end.ts';
import { eventually } from '../support/patience.ts';
import { freshStream, messageSent } from './events.ts';
import { usePostgres } from './postgres-harness.ts';

const postgres = usePostgres();

test('an append to an empty log that stores nothing does not tell of a first event', async () => {
  const store = await postgres.open();
  const stopping = new AbortController();
  const ends: bigint[] = [];
  const listening = listenForChanges(
    {
      url: postgres.url,
      applicationName: 'listening',
      logger: pino({ level: 'silent' }),
      isOwn: () => false,
    },
    (end) => ends.push(end),
    stopping.signal,
  );
  await eventually(() => expect(ends).toEqual([-1n]));
  const conflict = await store.append(freshStream(), 7, [messageSent()]);
  expect(conflict).toEqual({ outcome: 'conflict', actualRevision: NO_STREAM });
  await store.append(freshStream(), NO_STREAM, [messageSent()]);
  await eventually(() => expect(ends).toHaveLength(3));
  expect(ends).toEqual([-1n, -1n, 0n]);
  stopping.abort();
  await listening;
});
