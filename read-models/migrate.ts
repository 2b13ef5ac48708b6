import { Kysely, type Migration, PostgresDialect, sql } from 'kysely';
import type pg from 'pg';
import { assertUsableServer } from '../platform/postgres/assert-usable-server.ts';
import { migrateSchema } from '../platform/postgres/migrate-schema.ts';
import { MIGRATIONS } from './registry.ts';

/**
 * Creates the schema and brings it up to date, as `migrateSchema` does. Rejects with `ConfigurationError` when the database is
 * not fit.
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
  await migrateSchema(new Kysely({ dialect: new PostgresDialect({ pool }) }), {
    schema,
    migrations: Object.fromEntries(migrations),
    // A room that comes later may sort before those that are there.
    allowUnorderedMigrations: true,
  });
}

const within = (schema: string, statements: string): Migration => ({
  async up(db) {
    await sql`set local search_path to ${sql.id(schema)}`.execute(db);
    await sql.raw(statements).execute(db);
  },
});
