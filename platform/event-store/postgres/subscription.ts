import pRetry from 'p-retry';
import type pg from 'pg';
import type { Logger } from 'pino';
import {
  EventStoreUnavailable,
  type LogBatch,
  type RecordedEvent,
  type SubscribeOptions,
} from '../event-store.ts';
import type { EventStoreMetrics } from '../metrics.ts';
import { failure } from './failure.ts';
import type { LogEnd } from './log-end.ts';
import { BACKOFF } from './options.ts';
import { EVENT_COLUMNS, type EventRow, recordedEvent } from './recorded-event.ts';

export interface SubscriptionSource {
  readonly pool: pg.Pool;
  readonly tail: OwnTail;
  readonly end: LogEnd;
  readonly pollMs: number;
  readonly logger: Logger;
  readonly metrics: EventStoreMetrics;
}

/**
 * Takes one batch at a time and remembers only how far it got, so whatever breaks, it goes on exactly there. Once it has
 * caught up by reading the log, it takes from the tail what is there.
 */
export async function* subscription(
  { pool, tail, end, pollMs, logger, metrics }: SubscriptionSource,
  { after, prefixes, batchSize, signal }: SubscribeOptions,
): AsyncGenerator<LogBatch, void, undefined> {
  let position = after;
  let toldCaughtUp = false;
  let live = false;
  const onFailedAttempt = ({ error }: { error: Error }) => {
    metrics.interrupted();
    logger.warn({ err: error }, 'subscription interrupted, reads again');
  };
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

/**
 * The newest events of the log as far as this store has appended them itself, without a gap: its subscriptions need
 * not read back what it has just written. Positions in this log grow by one from event to event, which tells a gap.
 */
export class OwnTail {
  readonly #maxEvents: number;
  #events: RecordedEvent[] = [];

  /** Keeps this many events, and at most twice as many. */
  constructor(maxEvents: number) {
    this.#maxEvents = maxEvents;
  }

  /** Takes newly stored events, at least one, in the order of the log and without a gap. */
  add(events: readonly RecordedEvent[]): void {
    const [first, last] = [events[0]?.position, this.#events.at(-1)?.position];
    if (first === undefined || (last !== undefined && first <= last)) return;
    if (last !== undefined && first > last + 1n) this.#events = [];
    this.#events.push(...events);
    if (this.#events.length > 2 * this.#maxEvents) this.#events = this.#events.slice(-this.#maxEvents);
  }

  /** What follows directly upon `position`, looking at `limit` events at most; null when that is not here. */
  after(
    position: bigint,
    { prefixes, limit }: { readonly prefixes: readonly string[]; readonly limit: number },
  ): Omit<LogBatch, 'caughtUp'> | null {
    const [first] = this.#events;
    if (!first || position + 1n < first.position) return null;
    const start = Number(position + 1n - first.position);
    const following = this.#events.slice(start, start + limit);
    const last = following.at(-1);
    if (!last) return null;
    return { events: following.filter(({ stream }) => matches(stream, prefixes)), position: last.position };
  }
}

const matches = (stream: string, prefixes: readonly string[]): boolean =>
  prefixes.length === 0 || prefixes.some((prefix) => stream.startsWith(prefix));

/** Positions at most that one query looks at: a filter that matches little must not make it read the whole log. */
const WINDOW = 10_000n;

/**
 * One row at least, so that the end of the log is known, as of the same snapshot, when no event is there. To sort the join, which comes in
 * order, would cost PostgreSQL more than to read it.
 */
const SELECT = `
  select e.*, log.last
  from (select coalesce(max(position), -1) as last from event_log.events) log
  left join (
    select ${EVENT_COLUMNS} from event_log.events
    where position > $1 and position <= $2 and ($3::text[] = '{}' or stream ^@ any ($3))
    order by position limit $4
  ) e on true`;

export interface LogQuery {
  /** Exclusive. */
  readonly after: bigint;
  readonly prefixes: readonly string[];
  readonly limit: number;
}

type NoEvent = [null, null, null, null, null, null, null];
type LogRow = [...event: EventRow, last: bigint] | [...NoEvent, last: bigint];

/**
 * The next events in the order of the log, at most `limit`, of streams that begin with one of `prefixes` (none given:
 * of all). There may be none although more follow: the answer's `position` is where to go on, and never falls.
 * Rejects with `EventStoreUnavailable` when the database is away.
 */
export async function readLog(pool: pg.Pool, { after, prefixes, limit }: LogQuery): Promise<LogBatch> {
  const end = after + WINDOW;
  const { rows } = await pool
    .query<LogRow>({
      name: 'log',
      text: SELECT,
      values: [after, end, prefixes, limit],
      rowMode: 'array',
    })
    .catch((error) => Promise.reject(failure(error)));
  const last = rows[0]?.[7] ?? after;
  const events = rows.flatMap((row) => (row[0] === null ? [] : recordedEvent(row))).sort(byPosition);
  const seen = last < end ? last : end;
  const position = events.length < limit ? seen : (events.at(-1)?.position ?? after);
  return { events, position: position > after ? position : after, caughtUp: position >= last };
}

/** Joins promise no order. */
const byPosition = (a: RecordedEvent, b: RecordedEvent): number => (a.position < b.position ? -1 : 1);

/** -1n: the log is empty. Rejects with `EventStoreUnavailable` when the database is away. */
export async function endOfLog(pool: pg.Pool): Promise<bigint> {
  const { rows } = await pool
    .query<{ last: bigint }>('select coalesce(max(position), -1) as last from event_log.events')
    .catch((error) => Promise.reject(failure(error)));
  return rows[0]?.last ?? -1n;
}
