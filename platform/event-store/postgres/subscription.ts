import pRetry from 'p-retry';
import type pg from 'pg';
import type { Logger } from 'pino';
import { EventStoreUnavailable, type LogBatch, type SubscribeOptions } from '../event-store.ts';
import type { LogChanges } from './log-changes.ts';
import { readLog } from './log-reader.ts';
import { BACKOFF } from './options.ts';

export interface SubscriptionSource {
  readonly pool: pg.Pool;
  readonly changes: LogChanges;
  readonly pollMs: number;
  readonly logger: Logger;
}

/**
 * Reads one batch at a time and remembers only how far it got, so whatever breaks, it goes on exactly there. The count
 * of changes is taken before the log is read: what is appended meanwhile ends the wait at once.
 */
export async function* subscription(
  { pool, changes, pollMs, logger }: SubscriptionSource,
  { after, prefixes, batchSize, signal }: SubscribeOptions,
): AsyncGenerator<LogBatch, void, undefined> {
  let position = after;
  let toldCaughtUp = false;
  const onFailedAttempt = ({ error }: { error: Error }) =>
    logger.warn({ err: error }, 'subscription interrupted, reads again');
  const next = () =>
    pRetry(() => readLog(pool, { after: position, prefixes, limit: batchSize }), {
      ...BACKOFF,
      retries: Number.POSITIVE_INFINITY,
      shouldRetry: ({ error }) => error instanceof EventStoreUnavailable,
      onFailedAttempt,
      signal,
    });
  while (!signal.aborted) {
    const { count } = changes;
    const batch = await unlessAborted(next(), signal);
    if (!batch) return;
    if (batch.position > position || (batch.caughtUp && !toldCaughtUp)) {
      position = batch.position;
      toldCaughtUp = batch.caughtUp;
      yield batch;
    }
    if (batch.caughtUp) await changes.moreThan(count, pollMs, signal);
  }
}

/** Does not wait for a query that hangs. The listener is taken back, as a signal may outlive many batches. */
function unlessAborted<T>(result: Promise<T>, signal: AbortSignal): Promise<T | undefined> {
  return new Promise((resolve, reject) => {
    const stop = () => resolve(undefined);
    signal.addEventListener('abort', stop);
    result
      .then(resolve, (error) => (signal.aborted ? resolve(undefined) : reject(error)))
      .finally(() => signal.removeEventListener('abort', stop));
  });
}
