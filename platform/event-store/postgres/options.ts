import type { Logger } from 'pino';
import type { Registry } from 'prom-client';
import { type EventStoreMetrics, UNOBSERVED } from '../metrics.ts';
import type { Retention } from '../retention.ts';

export interface PostgresEventStoreOptions {
  /** `postgres://user:password@host:port/database` */
  readonly url: string;
  readonly logger: Logger;
  readonly metrics?: EventStoreMetrics;
  /** Where its connections are told of. Default: nowhere. */
  readonly registry?: Registry | undefined;
  /** What operators see in `pg_stat_activity`. Default `rally event store`. */
  readonly applicationName?: string;
  /**
   * Events at most in one transaction; a longer append has one to itself. Default 500: the server takes about 10 ms for
   * so many, beyond which more per flush gains nothing.
   */
  readonly maxBatchEvents?: number;
  /**
   * Transactions under way at most, each on a connection of its own. Default 2: one is made ready while the other is
   * flushed. More would only wait for the log's lock.
   */
  readonly writeConnections?: number;
  /** Events waiting at most; appends beyond them reject at once. Default 10,000: less than a second's work. */
  readonly maxQueuedEvents?: number;
  /** Connections for reading, opened when needed. Default 6: two for streams, one for places, two for subscriptions, one for trimming. */
  readonly readConnections?: number;
  /** Streams, or places, at most in one query. Default 500, as for `maxBatchEvents`. */
  readonly maxBatchReads?: number;
  /** Reads of streams, and of places, waiting at most; those beyond them reject at once. Default 10,000. */
  readonly maxQueuedReads?: number;
  /**
   * How long a request may wait for its turn, and how long the server may take for it, in milliseconds. Default 3,000:
   * only a server in trouble needs longer.
   */
  readonly timeoutMs?: number;
  /**
   * How often a subscription that waits looks by itself, in milliseconds. Default 1,000: it only matters when the
   * connection that brings notifications is lost.
   */
  readonly pollMs?: number;
  /** What of the log is kept: this store removes the rest. Default: it removes nothing, which says nothing of others that have the log open. */
  readonly retention?: Retention;
  /** How often it looks for what can go, in milliseconds. Default 60,000. */
  readonly trimEveryMs?: number;
}

export const DEFAULTS = {
  metrics: UNOBSERVED,
  registry: undefined,
  applicationName: 'rally event store',
  maxBatchEvents: 500,
  writeConnections: 2,
  maxQueuedEvents: 10_000,
  readConnections: 6,
  maxBatchReads: 500,
  maxQueuedReads: 10_000,
  timeoutMs: 3000,
  pollMs: 1000,
  retention: {},
  trimEveryMs: 60_000,
} as const;

/**
 * Between two tries to reach a database that is away, in milliseconds, with jitter. Soon enough for a user who waits,
 * seldom enough for a server that starts.
 */
export const BACKOFF = { minTimeout: 50, maxTimeout: 1000, factor: 2, randomize: true } as const;

export type Settings = Required<PostgresEventStoreOptions>;
