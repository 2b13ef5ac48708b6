import type { Logger } from 'pino';
import type { Registry } from 'prom-client';
import { ConfigurationError } from '../configuration/read-configuration.ts';
import { openKeys } from '../keys/open-keys.ts';
import { createPostgresPool } from '../postgres/postgres-pool.ts';
import { sealedEventStore } from '../sealing/sealed-event-store.ts';
import type { EventStoreConfiguration } from './configuration.ts';
import type { EventStore } from './event-store.ts';
import { createEventStoreMetrics, UNOBSERVED } from './metrics.ts';
import { inNewestVersions } from './newest-versions.ts';
import { openPostgresEventStore } from './postgres/postgres-event-store.ts';
import type { Retention } from './retention.ts';

/** Keys are looked up by a primary key, many at once. */
const KEY_CONNECTIONS = 2;
const KEY_TIMEOUT_MS = 2000;

/**
 * The event store as services use it: behind either adapter, in the newest version of every event, with what people say sealed by
 * their keys. These are in the database at `DATABASE_URL`, whichever store is chosen. Rejects as `openLog` does.
 * `registry`: where its work is told of.
 */
export async function openEventStore(
  configuration: EventStoreConfiguration,
  logger: Logger,
  retention: Retention = {},
  registry?: Registry,
): Promise<EventStore> {
  const { DATABASE_URL: url } = configuration;
  if (!url) throw new ConfigurationError('DATABASE_URL: is required');
  const log = await openLog(configuration, logger, retention, registry);
  const pool = createPostgresPool({
    url,
    applicationName: 'rally keys',
    max: KEY_CONNECTIONS,
    statementTimeoutMs: KEY_TIMEOUT_MS,
    connectTimeoutMs: KEY_TIMEOUT_MS,
    logger,
    metrics: registry,
  });
  return {
    ...sealedEventStore(log, openKeys(pool)),
    async close() {
      await log.close();
      if (!pool.ending) await pool.end();
    },
  };
}

/**
 * The log as it is stored: without the keys. Rejects with `ConfigurationError` when the chosen store's address is missing, else as the
 * adapters do. `retention`: what is kept of the log, by whoever sees to that.
 */
export async function openLog(
  { EVENT_STORE, EVENTSTORE_URL, DATABASE_URL }: EventStoreConfiguration,
  logger: Logger,
  retention: Retention = {},
  registry?: Registry,
): Promise<EventStore> {
  const metrics = registry ? createEventStoreMetrics(registry) : UNOBSERVED;
  switch (EVENT_STORE) {
    case 'postgres':
      if (!DATABASE_URL) throw new ConfigurationError('DATABASE_URL: is required with EVENT_STORE=postgres');
      return inNewestVersions(
        await openPostgresEventStore({ url: DATABASE_URL, logger, retention, metrics, registry }),
      );
    case 'eventstoredb': {
      if (!EVENTSTORE_URL)
        throw new ConfigurationError('EVENTSTORE_URL: is required with EVENT_STORE=eventstoredb');
      // Its client is a quarter of what there is to load.
      const { openEventStoreDb } = await import('./eventstoredb/open-eventstoredb.ts');
      return inNewestVersions(
        openEventStoreDb({
          url: EVENTSTORE_URL,
          retention,
          metrics,
          onNotRetained: (reason) =>
            logger.warn({ err: reason }, 'how much of a stream is kept could not be set'),
          onDropped: (reason) => {
            metrics.interrupted();
            logger.warn({ err: reason }, 'subscription to the log interrupted, resumes');
          },
        }),
      );
    }
    default:
      return EVENT_STORE satisfies never;
  }
}
