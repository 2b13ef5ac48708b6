import pRetry from 'p-retry';
import pg from 'pg';
import type { Logger } from 'pino';
import { connectionConfig } from '../../postgres/connection.ts';
import { BACKOFF } from './options.ts';
import { CHANGED } from './schema.ts';

export interface ChangeListenerOptions {
  readonly url: string;
  readonly applicationName: string;
  readonly logger: Logger;
}

/**
 * Calls `onEnd` with the log's last position after every append, and whenever the connection is (again) established, as
 * appends may have been missed. Resolves when `signal` aborts.
 */
export async function listenForChanges(
  options: ChangeListenerOptions,
  onEnd: (position: bigint) => void,
  signal: AbortSignal,
): Promise<void> {
  const retrying = { ...BACKOFF, retries: Number.POSITIVE_INFINITY, signal };
  while (!signal.aborted) {
    try {
      await pRetry(() => listenOnce(options, onEnd, signal), retrying);
    } catch (error) {
      if (!signal.aborted) options.logger.error({ err: error }, 'cannot listen for new events');
    }
  }
}

const END = 'select max(position) from event_log.events';

/** Resolves when an established connection has ended. */
async function listenOnce(
  { url, applicationName, logger }: ChangeListenerOptions,
  onEnd: (position: bigint) => void,
  signal: AbortSignal,
): Promise<void> {
  const client = new pg.Client({
    ...connectionConfig({ url, applicationName }),
    keepAlive: true,
    connectionTimeoutMillis: 5000,
  });
  // A client that is told to end while it connects never settles its `connect`.
  const ended = new Promise<void>((resolve) => client.once('end', resolve));
  const end = () => void client.end();
  client.on('notification', ({ payload }) => onEnd(BigInt(payload ?? -1)));
  client.on('error', (error) => logger.warn({ err: error }, 'connection for notifications lost'));
  signal.addEventListener('abort', end);
  try {
    await Promise.race([client.connect(), ended]);
    await client.query(`listen ${CHANGED}`);
    const { rows } = await client.query<[end: string]>({ text: END, rowMode: 'array' });
    onEnd(BigInt(rows[0]?.[0] ?? -1));
    await ended;
  } finally {
    signal.removeEventListener('abort', end);
    await client.end();
  }
}
