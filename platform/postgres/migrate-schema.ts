import { type Kysely, type Migration, Migrator } from 'kysely';
import pg from 'pg';

export interface SchemaMigrations {
  /** Made when it is not there; keeps its own list of what was done. */
  readonly schema: string;
  readonly migrations: Readonly<Record<string, Migration>>;
  /** One of them: an empty database becomes what it was after this one, for rows that were backed up then. Without: the last one. */
  readonly upTo?: string | undefined;
  /** One that comes later may sort before those that are there. */
  readonly allowUnorderedMigrations?: boolean;
}

/**
 * Brings a schema up to date. Several processes can do it at once: the migrator takes a lock in the database. Rejects with the
 * database's error.
 */
export async function migrateSchema<DB>(
  db: Kysely<DB>,
  { schema, migrations, upTo, allowUnorderedMigrations = false }: SchemaMigrations,
): Promise<void> {
  const migrator = new Migrator({
    db,
    provider: { getMigrations: async () => ({ ...migrations }) },
    migrationTableSchema: schema,
    allowUnorderedMigrations,
  });
  const { error } = await (upTo === undefined ? migrator.migrateToLatest() : migrator.migrateTo(upTo));
  if (error) throw error;
}

/** What has been done, in that order. null: there is no such schema, or it is none of these. Rejects with the database's error. */
export async function migrationsDone(db: pg.Pool | pg.PoolClient, schema: string): Promise<string[] | null> {
  const table = `${pg.escapeIdentifier(schema)}.kysely_migration`;
  const { rows: found } = await db.query<{ there: boolean }>('select to_regclass($1) is not null as there', [
    table,
  ]);
  if (!found[0]?.there) return null;
  const { rows } = await db.query<{ name: string }>(`select name from ${table} order by timestamp, name`);
  return rows.map(({ name }) => name);
}
