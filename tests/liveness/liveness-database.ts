import type pg from 'pg';
import { pino } from 'pino';
import { afterAll, beforeAll } from 'vitest';
import { migrateLiveness } from '../../platform/liveness/migrations.ts';
import { createPostgresPool } from '../../platform/postgres/postgres-pool.ts';
import { createTestDatabase, type TestDatabase } from '../support/test-database.ts';

/** A database of its own for all tests of a file, with the tables of `platform/liveness/`, made by several at the same time. */
export function useLivenessDatabase(): { readonly pool: pg.Pool } {
  let database: TestDatabase;
  let pool: pg.Pool;
  beforeAll(async () => {
    database = await createTestDatabase();
    const logger = pino({ level: 'silent' });
    pool = createPostgresPool({ url: database.url, applicationName: 'test', max: 8, logger });
    await Promise.all([1, 2, 3].map(() => migrateLiveness(pool)));
  });
  afterAll(async () => {
    await pool?.end();
    await database?.drop();
  });
  return {
    get pool() {
      return pool;
    },
  };
}
