import type { Kysely, Migration } from 'kysely';
import { migrateSchema } from '../postgres/migrate-schema.ts';
import { createUserKeysTable, type KeysDatabase, SCHEMA } from './user-keys.ts';

const migrations: Record<string, Migration> = {
  '0001-user-keys': { up: (db) => createUserKeysTable(db.schema.withSchema(SCHEMA)) },
};

/** In their order. */
export const KEYS_MIGRATIONS: readonly string[] = Object.keys(migrations);

/** As `migrateSchema` does. `upTo`: one of `KEYS_MIGRATIONS`. */
export const migrateKeys = (db: Kysely<KeysDatabase>, upTo?: string): Promise<void> =>
  migrateSchema(db, { schema: SCHEMA, migrations, upTo });
