import pRetry from 'p-retry';
import type pg from 'pg';
import type { Logger } from 'pino';
import { EventStoreUnavailable, type LogBatch, type SubscribeOptions } from '../event-store.ts';
import type { LogEnd } from './log-end.ts';
import { readLog } from './log-reader.ts';
import { BACKOFF } from './options.ts';
import type { OwnTail } from './own-tail.ts';

export interface SubscriptionSource {
  readonly pool: pg.Pool;
  readonly tail: OwnTail;
  readonly end: LogEnd;
  readonly pollMs: number;
  readonly logger: Logger;
}

/**
 * Takes one batch at a time and remembers only how far it got, so whatever breaks, it goes on exactly there. Once it has
 * caught up by reading the log, it takes from the tail what is there.
 */
export async function* subscription(
  { pool, tail, end, pollMs, logger }: SubscriptionSource,
  { after, prefixes, batchSize, signal }: SubscribeOptions,
): AsyncGenerator<LogBatch, void, undefined> {
  let position = after;
  let toldCaughtUp = false;
  let live = false;
  const onFailedAttempt = ({ error }: { error: Error }) =>
    logger.warn({ err: error }, 'subscription interrupted, reads again');
  const fromLog = () =>
    pRetry(() => readLog(pool, { after: position, prefixes, limit: batchSize }), {
      ...BACKOFF,
      retries: Number.POSITIVE_INFINITY,
      shouldRetry: ({ error }) => error instanceof EventStoreUnavailable,
      onFailedAttempt,
      signal,
    });
  const fromTail = () => {
    const own = live && tail.after(position, { prefixes, limit: batchSize });
    return own ? { ...own, caughtUp: own.position >= end.position } : undefined;
  };
  while (!signal.aborted) {
    const batch = fromTail() ?? (await unlessAborted(fromLog(), signal));
    if (!batch) return;
    live ||= batch.caughtUp;
    if (batch.position > position || (batch.caughtUp && !toldCaughtUp)) {
      position = batch.position;
      toldCaughtUp = batch.caughtUp;
      yield batch;
    }
    if (batch.caughtUp) await end.beyond(position, pollMs, signal);
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
