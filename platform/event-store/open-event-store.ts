import type { Logger } from 'pino';
import { ConfigurationError } from '../configuration/read-configuration.ts';
import type { EventStoreConfiguration } from './configuration.ts';
import type { EventStore } from './event-store.ts';
import { openEventStoreDb } from './eventstoredb/open-eventstoredb.ts';
import { openPostgresEventStore } from './postgres/postgres-event-store.ts';
import { readVersions } from './read-versions.ts';
import type { Retention } from './retention.ts';

/**
 * The log behind either adapter, read in the newest version of every event. Rejects with `ConfigurationError` when the chosen store's address is missing, else as the adapters do. `retention`: what is kept of the log,
 * by whoever sees to that.
 */
export async function openEventStore(
  { EVENT_STORE, EVENTSTORE_URL, DATABASE_URL }: EventStoreConfiguration,
  logger: Logger,
  retention: Retention = {},
): Promise<EventStore> {
  switch (EVENT_STORE) {
    case 'postgres':
      if (!DATABASE_URL) throw new ConfigurationError('DATABASE_URL: is required with EVENT_STORE=postgres');
      return readVersions(await openPostgresEventStore({ url: DATABASE_URL, logger, retention }));
    case 'eventstoredb':
      if (!EVENTSTORE_URL)
        throw new ConfigurationError('EVENTSTORE_URL: is required with EVENT_STORE=eventstoredb');
      return readVersions(
        openEventStoreDb({
          url: EVENTSTORE_URL,
          retention,
          onNotRetained: (reason) =>
            logger.warn({ err: reason }, 'how much of a stream is kept could not be set'),
          onDropped: (reason) => logger.warn({ err: reason }, 'subscription to the log interrupted, resumes'),
        }),
      );
    default:
      return EVENT_STORE satisfies never;
  }
}
