import { pino } from 'pino';
import { expect, test } from 'vitest';
import { NO_STREAM } from '../../platform/event-store/event-store.ts';
import { listenForChanges } from '../../platform/event-store/postgres/log-end.ts';
import { eventually } from '../support/patience.ts';
import { freshStream, messageSent } from './events.ts';
import { usePostgres } from './postgres-harness.ts';

const postgres = usePostgres();

/** What is told from now on, as `listenForChanges` tells it. */
async function listening(isOwn: (serverProcess: number) => boolean = () => false) {
  const stopping = new AbortController();
  const ends: bigint[] = [];
  const options = {
    url: postgres.url,
    applicationName: 'listening',
    logger: pino({ level: 'silent' }),
    isOwn,
  };
  const over = listenForChanges(options, (end) => ends.push(end), stopping.signal);
  await eventually(() => expect(ends).toHaveLength(1));
  return {
    ends,
    stop() {
      stopping.abort();
      return over;
    },
  };
}

test('an append to an empty log that stores nothing does not tell of a first event', async () => {
  const store = await postgres.open();
  const { ends, stop } = await listening();
  expect(ends).toEqual([-1n]);
  const conflict = await store.append(freshStream(), 7, [messageSent()]);
  expect(conflict).toEqual({ outcome: 'conflict', actualRevision: NO_STREAM });
  await store.append(freshStream(), NO_STREAM, [messageSent()]);
  await eventually(() => expect(ends).toHaveLength(3));
  expect(ends).toEqual([-1n, -1n, 0n]);
  await stop();
});

test('an append of one that says so itself is not told of', async () => {
  const store = await postgres.open({ applicationName: 'own' });
  const own: number[] = [];
  const { ends, stop } = await listening((serverProcess) => own.push(serverProcess) > 0);
  await store.append(freshStream(), NO_STREAM, [messageSent()]);
  await eventually(() => expect(own).toHaveLength(1));
  expect(ends).toHaveLength(1);
  const client = await postgres.connect();
  const { rows } = await client.query('select application_name from pg_stat_activity where pid = $1', own);
  expect(rows).toEqual([{ application_name: 'own' }]);
  await stop();
});
