import { randomBytes } from 'node:crypto';
import type pg from 'pg';
import { pino } from 'pino';
import type { EventStore } from '../../platform/event-store/event-store.ts';
import { inNewestVersions } from '../../platform/event-store/newest-versions.ts';
import { openPostgresEventStore } from '../../platform/event-store/postgres/postgres-event-store.ts';
import { openKeys } from '../../platform/keys/open-keys.ts';
import { createPostgresPool } from '../../platform/postgres/postgres-pool.ts';
import { sealedEventStore } from '../../platform/sealing/sealed-event-store.ts';
import { startEmbeddedPostgres } from '../../standalone/embedded-postgres/start-embedded-postgres.ts';
import type { Cleanup } from '../processes/cleanup.ts';

export interface StoppedRally {
  /** Of its database. */
  readonly url: string;
  readonly store: EventStore;
  readonly pool: pg.Pool;
}

const logger = pino({ level: 'silent' });

/** Works on the data of a Rally that does not run now; ends the database when `work` is done. */
export async function withStoppedRally<Result>(
  directory: string,
  cleanup: Cleanup,
  work: (rally: StoppedRally) => Promise<Result>,
): Promise<Result> {
  const name = `bench-${randomBytes(6).toString('hex')}`;
  const postgres = await startEmbeddedPostgres({ directory, name, onEnded: () => {} });
  cleanup.add(() => postgres.stop());
  const { url } = postgres;
  const pool = createPostgresPool({ url, applicationName: 'rally bench', max: 3, logger });
  try {
    const log = await openPostgresEventStore({
      url,
      logger,
      // Much at once, and nobody waits for a single append.
      maxBatchEvents: 5000,
      maxQueuedEvents: 20_000,
      timeoutMs: 60_000,
    });
    const store = sealedEventStore(inNewestVersions(log), openKeys(pool));
    try {
      return await work({ url, store, pool });
    } finally {
      await store.close();
    }
  } finally {
    await pool.end();
    await postgres.stop();
  }
}
