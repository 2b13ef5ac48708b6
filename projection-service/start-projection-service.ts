import type pg from 'pg';
import type { Logger } from 'pino';
import type { Registry } from 'prom-client';
import type { Clock } from '../platform/clock.ts';
import { type EventStore, EventStoreUnavailable } from '../platform/event-store/event-store.ts';
import type { MessageBus } from '../platform/message-bus/message-bus.ts';
import { isUnavailable } from '../platform/postgres/is-unavailable.ts';
import { askedMetric } from '../platform/service/asked-metric.ts';
import { keepGoing } from '../platform/service/keep-going.ts';
import type { Service } from '../platform/service/service.ts';
import { areMissing } from '../read-models/followed-schema.ts';
import { countParked, parkedTrouble } from '../read-models/progress/parked-events.ts';
import { schemaInUse } from '../read-models/schema-name.ts';
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
  /** These read models alone, created and migrated when needed; without it those in use, whichever they are. */
  readonly schema?: string | undefined;
  readonly configuration: ProjectionConfiguration;
  readonly logger: Logger;
  readonly metrics: Registry;
  readonly clock: Clock;
  readonly limits?: Partial<ProjectionLimits>;
}

const LONGEST_BACKOFF_MS = 5000;

/**
 * Keeps the read models and the feed up with the log, and tells gateways. Of several instances one leads; the others
 * wait and take over within about a second of its end.
 *
 * Resolves once it leads or follows, or cannot because the database or the event store is away; rejects otherwise, as `keepGoing` does.
 */
export async function startProjectionService(options: ProjectionServiceOptions): Promise<Service> {
  const { store, bus, pool, configuration, logger, clock } = options;
  const limits = { ...DEFAULT_LIMITS, ...options.limits };
  const logEnd = askedMetric(() => store.end());
  const parkedEvents = askedMetric(async () => countParked(pool, await schemaInUse(pool)));
  const metrics = createProjectionMetrics(options.metrics, {
    behindSeconds: () => standing.behindSeconds,
    lagEvents: () => standing.lagEvents(logEnd),
    parkedEvents: async () => (standing.isLeading ? parkedEvents() : 0),
  });
  const standing = new Standing(metrics);
  let interruption = new AbortController();
  bus.onInterrupted(() => interruption.abort());

  const inUse = async () => options.schema ?? schemaInUse(pool);

  async function serve(signal: AbortSignal, onStanding: () => void): Promise<void> {
    interruption = new AbortController();
    const schema = await inUse();
    const term = {
      pool,
      schema,
      clock,
      retentionS: configuration.FEED_RETENTION_S,
      signal,
      interrupted: interruption.signal,
      onStanding,
    };
    const { WRITE_INTERVAL_MS: writeEveryMs } = configuration;
    try {
      await serveTerm({ store, bus, limits, writeEveryMs, standing, metrics, logger }, term);
    } catch (error) {
      // An operator has put others in use, and perhaps dropped these: the next term begins with those, at once.
      const isOver = error instanceof LeadershipLost || areMissing(error);
      if (!isOver || (await inUse()) === schema) throw error;
      logger.info({ schema }, 'other read models are in use');
    }
  }

  const stop = await keepGoing({
    work: serve,
    isExpected,
    onFailure(error) {
      standing.failed(troubleOf(error));
      logger[isExpected(error) ? 'warn' : 'error']({ err: error }, 'projection interrupted');
    },
    longestBackoffMs: LONGEST_BACKOFF_MS,
  });
  return {
    name: 'projection-service',
    notReady: async () =>
      standing.trouble ?? (await readModelsTrouble(pool, inUse)) ?? standing.behind(limits.behindLimitMs),
    degraded: async () => parkedTrouble(pool, await inUse()),
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
