import pg from 'pg';
import { pino } from 'pino';
import { afterAll, afterEach, beforeAll } from 'vitest';
import type { EventStore } from '../../platform/event-store/event-store.ts';
import type { PostgresEventStoreOptions } from '../../platform/event-store/postgres/options.ts';
import { openPostgresEventStore } from '../../platform/event-store/postgres/postgres-event-store.ts';
import { createTestDatabase, type TestDatabase } from '../support/test-database.ts';

const logger = pino({ level: 'silent' });

export interface PostgresHarness {
  readonly url: string;
  /** Closed after the test. */
  open(options?: Partial<PostgresEventStoreOptions>): Promise<EventStore>;
  /** A connection of the test's own; closed after the test. */
  connect(): Promise<pg.Client>;
  /** Ends every connection of those stores. */
  killConnections(applicationName: string): Promise<number>;
}

/** One database for the tests of a file. */
export function usePostgres(): PostgresHarness {
  let database: TestDatabase;
  let stores: EventStore[] = [];
  let clients: pg.Client[] = [];

  beforeAll(async () => {
    database = await createTestDatabase();
  });
  afterEach(async () => {
    await Promise.all(clients.map((client) => client.end()));
    await Promise.all(stores.map((store) => store.close()));
    [stores, clients] = [[], []];
  });
  afterAll(() => database?.drop());

  const harness: PostgresHarness = {
    get url() {
      return database.url;
    },
    async open(options) {
      const store = await openPostgresEventStore({ url: database.url, logger, ...options });
      stores.push(store);
      return store;
    },
    async connect() {
      const client = new pg.Client({ connectionString: database.url });
      client.on('error', () => {});
      await client.connect();
      clients.push(client);
      return client;
    },
    async killConnections(applicationName) {
      const client = await harness.connect();
      const { rowCount } = await client.query(
        `select pg_terminate_backend(pid) from pg_stat_activity
         where datname = current_database() and application_name = $1`,
        [applicationName],
      );
      return rowCount ?? 0;
    },
  };
  return harness;
}
