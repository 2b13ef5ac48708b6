import { Kysely, type Migration } from 'kysely';
import type pg from 'pg';
import { migrateSchema } from '../postgres/migrate-schema.ts';
import { preparedDialect } from '../postgres/prepared-dialect.ts';
import { createLastSeenTable } from './last-seen.ts';
import { createMembersTable } from './members.ts';

/** Operational data, not events: which processes live, and when people did something last. Nothing of it can be filled again, or has to be. */
const SCHEMA = 'liveness';

/** Makes the tables when they are not there, as `migrateSchema` does. */
export const migrateLiveness = (pool: pg.Pool): Promise<void> =>
  migrateSchema(new Kysely<unknown>({ dialect: preparedDialect(pool) }).withSchema(SCHEMA), {
    schema: SCHEMA,
    migrations,
  });

const migrations: Record<string, Migration> = {
  '0001-members': { up: (db) => createMembersTable(db.schema.withSchema(SCHEMA)) },
  '0002-last-seen': { up: (db) => createLastSeenTable(db.schema.withSchema(SCHEMA)) },
};

/** In their order. */
export const LIVENESS_MIGRATIONS: readonly string[] = Object.keys(migrations);
