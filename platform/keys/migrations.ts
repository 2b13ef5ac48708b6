import { type Kysely, type Migration, Migrator } from 'kysely';
import { createUserKeysTable, type KeysDatabase, SCHEMA } from './user-keys.ts';

const migrations: Record<string, Migration> = {
  '0001-user-keys': { up: (db) => createUserKeysTable(db.schema.withSchema(SCHEMA)) },
};

/** In their order. */
export const KEYS_MIGRATIONS: readonly string[] = Object.keys(migrations);

/**
 * Brings the schema up to date. Several processes can do it at once: the migrator takes a lock in the database. `upTo`: an empty
 * database becomes what it was after this migration, for rows that were backed up then.
 */
export async function migrateKeys(db: Kysely<KeysDatabase>, upTo?: string): Promise<void> {
  const migrator = new Migrator({
    db,
    provider: { getMigrations: async () => migrations },
    migrationTableSchema: SCHEMA,
  });
  const { error } = await (upTo === undefined ? migrator.migrateToLatest() : migrator.migrateTo(upTo));
  if (error) throw error;
}
