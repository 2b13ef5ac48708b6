import { Kysely, type Migration, Migrator, PostgresDialect, sql } from 'kysely';
import type pg from 'pg';
import { assertUsableServer } from '../platform/postgres/assert-usable-server.ts';
import { MIGRATIONS } from './registry.ts';

/**
 * Creates the schema and brings it up to date; it keeps its own list of what was done. Safe when several do it at
 * once: the migrator takes a lock in the database. Rejects with the database's error, or with `ConfigurationError` when
 * the database is not fit.
 *
 * Keys are compared byte by byte (collation C) whatever the database's own collation: faster, the same everywhere, and
 * what a search by prefix needs. Tables whose rows change get free room in their pages and are vacuumed early.
 */
export async function migrateReadModels(pool: pg.Pool, schema: string): Promise<void> {
  await assertUsableServer(pool);
  const migrations = Object.entries(MIGRATIONS).map(([name, statements]) => [
    name,
    within(schema, statements),
  ]);
  const migrator = new Migrator({
    db: new Kysely({ dialect: new PostgresDialect({ pool }) }),
    provider: { getMigrations: async () => Object.fromEntries(migrations) },
    migrationTableSchema: schema,
    // A room that comes later may sort before those that are there.
    allowUnorderedMigrations: true,
  });
  const { error } = await migrator.migrateToLatest();
  if (error) throw error;
}

const within = (schema: string, statements: string): Migration => ({
  async up(db) {
    await sql`set local search_path to ${sql.id(schema)}`.execute(db);
    await sql.raw(statements).execute(db);
  },
});
