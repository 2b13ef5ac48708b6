import { Kysely } from 'kysely';
import pg from 'pg';
import { migrateSchema } from '../platform/postgres/migrate-schema.ts';
import { preparedDialect } from '../platform/postgres/prepared-dialect.ts';

/**
 * The shape of the current read models, and the Postgres schema of their first version. A change that old rows cannot follow gets the
 * next number and is filled from the log beside this one.
 */
export const READ_SCHEMA = 'read_v6';

/** Operational data, not events: which read models are in use. Without it those of the first version are. */
export const READ_SIDE = 'read_side';

/** Which read models there are of the current shape, each in a schema of its own. */
export interface Versions {
  /** Gateways read it, the projection service writes it. */
  readonly in_use: string;
  /** What was in use before, kept to go back to; null: nothing. */
  readonly previous: string | null;
  /** What is being filled, or waits to be put in use; null: nothing. */
  readonly next: string | null;
}

/** One row a shape: a build that runs beside one of another shape has its own. */
export interface VersionsTable extends Versions {
  shape: string;
  /** Versions there have been: no name is given out twice. */
  made: number;
}

export interface VersionsDatabase {
  versions: VersionsTable;
}

/** The table of versions; its row is there once `readVersions` has resolved. The pool stays the caller's. */
export const versionsOn = (pool: pg.Pool): Kysely<VersionsDatabase> =>
  new Kysely<VersionsDatabase>({ dialect: preparedDialect(pool) }).withSchema(READ_SIDE);

/** Notes the first version where nothing is noted yet. Rejects with the database's error. */
export async function readVersions(pool: pg.Pool): Promise<Versions> {
  return (await findVersions(pool)) ?? (await beginVersions(pool));
}

/** The schema that gateways read and the projection service writes. Rejects with the database's error. */
export async function schemaInUse(pool: pg.Pool): Promise<string> {
  return (await readVersions(pool)).in_use;
}

/** There is no such schema, or no such table. */
const MISSING = new Set(['3F000', '42P01']);

const findVersions = (pool: pg.Pool): Promise<Versions | undefined> =>
  versionsOn(pool)
    .selectFrom('versions')
    .select(['in_use', 'previous', 'next'])
    .where('shape', '=', READ_SCHEMA)
    .executeTakeFirst()
    .catch((error) => {
      if (error instanceof pg.DatabaseError && MISSING.has(error.code ?? '')) return undefined;
      throw error;
    });

/** Several processes can do it at once: the row is made once. */
async function beginVersions(pool: pg.Pool): Promise<Versions> {
  const db = versionsOn(pool);
  await migrateSchema(db, { schema: READ_SIDE, migrations: { '0001-versions': { up: createVersions } } });
  await db
    .insertInto('versions')
    .values({ shape: READ_SCHEMA, in_use: READ_SCHEMA, made: 1 })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
  return db
    .selectFrom('versions')
    .select(['in_use', 'previous', 'next'])
    .where('shape', '=', READ_SCHEMA)
    .executeTakeFirstOrThrow();
}

const createVersions = (db: Kysely<unknown>): Promise<void> =>
  db.schema
    .withSchema(READ_SIDE)
    .createTable('versions')
    .addColumn('shape', 'text', (column) => column.primaryKey())
    .addColumn('in_use', 'text', (column) => column.notNull())
    .addColumn('previous', 'text')
    .addColumn('next', 'text')
    .addColumn('made', 'integer', (column) => column.notNull())
    .execute();
