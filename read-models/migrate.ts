import { Kysely, type Migration, Migrator, PostgresDialect } from 'kysely';
import type pg from 'pg';
import { assertUsableServer } from '../platform/postgres/assert-usable-server.ts';
import { createTables } from './migrations/0001-create-tables.ts';
import { createLease } from './migrations/0002-lease.ts';
import { followLog } from './migrations/0003-followed-log.ts';

/**
 * Creates the schema and brings it up to date; it keeps its own list of what was done. Safe when several do it at
 * once: the migrator takes a lock in the database. Rejects with the database's error, or with `ConfigurationError` when
 * the database is not fit.
 */
export async function migrateReadModels(pool: pg.Pool, schema: string): Promise<void> {
  await assertUsableServer(pool);
  const migrations: Record<string, Migration> = {
    '0001-create-tables': createTables(schema),
    '0002-lease': createLease(schema),
    '0003-followed-log': followLog(schema),
  };
  const migrator = new Migrator({
    db: new Kysely({ dialect: new PostgresDialect({ pool }) }),
    provider: { getMigrations: async () => migrations },
    migrationTableSchema: schema,
  });
  const { error } = await migrator.migrateToLatest();
  if (error) throw error;
}
