import type pg from 'pg';
import type { EventStore } from '../../platform/event-store/event-store.ts';
import { openEventStoreDb } from '../../platform/event-store/eventstoredb/open-eventstoredb.ts';
import { openPostgresEventStore } from '../../platform/event-store/postgres/postgres-event-store.ts';
import { createPostgresPool } from '../../platform/postgres/postgres-pool.ts';
import { EventStoreDbDouble } from '../eventstoredb-double/double.ts';
import { silent } from '../projection-service/read-side.ts';
import { createTestDatabase } from '../support/test-database.ts';

/** What commands work on, without the services: a test starts those that it needs, in its own process. */
export interface OperatedStore {
  /** For the command line. */
  readonly environment: Readonly<Record<string, string>>;
  readonly store: EventStore;
  /** Of the read models' database. */
  readonly pool: pg.Pool;
  readonly databaseUrl: string;
  close(): Promise<void>;
}

async function onPostgres(): Promise<OperatedStore> {
  const { url, drop } = await createTestDatabase();
  const store = await openPostgresEventStore({ url, logger: silent });
  const pool = createPostgresPool({ url, applicationName: 'test', max: 10, logger: silent });
  return {
    environment: { DATABASE_URL: url },
    store,
    pool,
    databaseUrl: url,
    async close() {
      await store.close();
      await pool.end();
      await drop();
    },
  };
}

async function onDouble(): Promise<OperatedStore> {
  const { url, drop } = await createTestDatabase();
  const double = new EventStoreDbDouble();
  await double.start();
  const store = openEventStoreDb({ url: double.url });
  const pool = createPostgresPool({ url, applicationName: 'test', max: 10, logger: silent });
  return {
    environment: { DATABASE_URL: url, EVENT_STORE: 'eventstoredb', EVENTSTORE_URL: double.url },
    store,
    pool,
    databaseUrl: url,
    async close() {
      await store.close();
      await pool.end();
      await double.kill();
      await drop();
    },
  };
}

/** For `describe.each`: the log in PostgreSQL, and in the double of EventStoreDB. */
export const STORES: readonly (readonly [name: string, open: () => Promise<OperatedStore>])[] = [
  ['PostgreSQL', onPostgres],
  ['the EventStoreDB double', onDouble],
];
