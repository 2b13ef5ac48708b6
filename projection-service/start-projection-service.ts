import type pg from 'pg';
import type { Logger } from 'pino';
import type { Registry } from 'prom-client';
import type { Clock } from '../platform/clock.ts';
import { type EventStore, EventStoreUnavailable } from '../platform/event-store/event-store.ts';
import type { MessageBus } from '../platform/message-bus/message-bus.ts';
import { backoffMs, pause } from '../platform/pause.ts';
import { isUnavailable } from '../platform/postgres/is-unavailable.ts';
import type { Service } from '../platform/service/service.ts';
import { DEFAULT_LIMITS, type ProjectionConfiguration, type ProjectionLimits } from './configuration.ts';
import { AnotherLog } from './follow-log.ts';
import { LeadershipLost } from './leadership.ts';
import { createProjectionMetrics } from './metrics.ts';
import { NotPublished } from './projector.ts';
import { readModelsTrouble } from './read-models-trouble.ts';
import { serveTerm } from './serve-term.ts';
import { Standing } from './standing.ts';

export interface ProjectionServiceOptions {
  readonly store: EventStore;
  readonly bus: MessageBus;
  /** Of the read models' database; stays the caller's. One connection is held as long as the service runs. */
  readonly pool: pg.Pool;
  /** Created and migrated when needed. */
  readonly schema: string;
  readonly configuration: ProjectionConfiguration;
  readonly logger: Logger;
  readonly metrics: Registry;
  readonly clock: Clock;
  readonly limits?: Partial<ProjectionLimits>;
}

/** Waiting after a failure doubles, from the one to the other. */
const FIRST_BACKOFF_MS = 100;
const LONGEST_BACKOFF_MS = 5000;

/**
 * Keeps the read models and the feed up with the log, and tells gateways. Of several instances one leads; the others
 * wait and take over within about a second of its end.
 *
 * Resolves once it leads or follows, or cannot because the database or the event store is away: it then goes on trying for ever, as it
 * does after every later failure. Rejects when it fails otherwise before it has ever led or followed.
 */
export async function startProjectionService(options: ProjectionServiceOptions): Promise<Service> {
  const { store, bus, pool, schema, configuration, logger, clock } = options;
  const limits = { ...DEFAULT_LIMITS, ...options.limits };
  const metrics = createProjectionMetrics(options.metrics);
  const standing = new Standing(metrics);
  const stopping = new AbortController();
  const { signal } = stopping;
  let interruption = new AbortController();
  bus.onInterrupted(() => interruption.abort());

  async function serve(onStanding: () => void): Promise<void> {
    interruption = new AbortController();
    await serveTerm(
      { store, bus, limits, writeEveryMs: configuration.WRITE_INTERVAL_MS, standing, metrics, logger },
      {
        pool,
        schema,
        clock,
        retentionS: configuration.FEED_RETENTION_S,
        signal,
        interrupted: interruption.signal,
        onStanding,
      },
    );
  }

  async function serveOn(onStanding: () => void, onFailure: (error: unknown) => void): Promise<void> {
    let failures = 0;
    while (!signal.aborted) {
      const startedAt = performance.now();
      try {
        await serve(onStanding);
      } catch (error) {
        const lasted = performance.now() - startedAt;
        failures = lasted > LONGEST_BACKOFF_MS ? 1 : failures + 1;
        standing.failed(troubleOf(error));
        logger[isExpected(error) ? 'warn' : 'error']({ err: error, schema }, 'projection interrupted');
        onFailure(error);
        await pause(backoffMs(failures, FIRST_BACKOFF_MS, LONGEST_BACKOFF_MS), signal);
      }
    }
  }

  let serving: Promise<void> = Promise.resolve();
  const stop = async () => {
    stopping.abort();
    await serving;
  };
  try {
    await new Promise<void>((resolve, reject) => {
      serving = serveOn(resolve, (error) => (isExpected(error) ? resolve() : reject(error)));
    });
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    name: 'projection-service',
    notReady: async () =>
      standing.trouble ?? (await readModelsTrouble(pool, schema)) ?? standing.behind(limits.behindLimitMs),
    stop,
  };
}

const isExpected = (error: unknown): boolean =>
  isUnavailable(error) ||
  error instanceof EventStoreUnavailable ||
  error instanceof LeadershipLost ||
  error instanceof NotPublished;

function troubleOf(error: unknown): string {
  if (isUnavailable(error)) return 'the database is away';
  if (error instanceof EventStoreUnavailable) return 'the event store is away';
  if (error instanceof NotPublished) return 'the message bus is away';
  if (error instanceof AnotherLog) return 'the read models are of another log';
  return 'cannot project';
}
