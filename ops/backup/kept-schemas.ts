import { Kysely } from 'kysely';
import type pg from 'pg';
import { ACCOUNTS_MIGRATIONS, migrateAccounts } from '../../gateway/accounts/migrations.ts';
import { SCHEMA as ACCOUNTS, type AccountsDatabase } from '../../gateway/accounts/schema.ts';
import { KEYS_MIGRATIONS, migrateKeys } from '../../platform/keys/migrations.ts';
import { SCHEMA as KEYS, type KeysDatabase } from '../../platform/keys/user-keys.ts';
import { preparedDialect } from '../../platform/postgres/prepared-dialect.ts';

/** Where the log is, with `EVENT_STORE=postgres`. The store makes its tables itself. */
export const LOG = 'event_log';

interface MigratedSchema {
  /** Those that this build knows, in their order. */
  readonly migrations: readonly string[];
  /** Makes the tables of an empty schema as they were after this migration. */
  migrate(pool: pg.Pool, upTo: string): Promise<void>;
}

/** What is backed up beside the log: what no log can fill again. */
export const MIGRATED: Readonly<Record<string, MigratedSchema>> = {
  [ACCOUNTS]: {
    migrations: ACCOUNTS_MIGRATIONS,
    migrate: (pool, upTo) =>
      migrateAccounts(
        new Kysely<AccountsDatabase>({ dialect: preparedDialect(pool) }).withSchema(ACCOUNTS),
        upTo,
      ),
  },
  /** Without them, nobody can read what stands in the log. */
  [KEYS]: {
    migrations: KEYS_MIGRATIONS,
    migrate: (pool, upTo) =>
      migrateKeys(new Kysely<KeysDatabase>({ dialect: preparedDialect(pool) }).withSchema(KEYS), upTo),
  },
};

export interface KeptTable {
  readonly schema: string;
  readonly table: string;
  readonly columns: readonly string[];
}

/**
 * The lists of migrations are kept by name, and a log that is restored begins another life: it gets another identity from whoever first
 * asks for one.
 */
const LEFT_OUT = ['kysely_migration', 'kysely_migration_lock', 'identity'];

const TABLES = `
  select n.nspname as schema, c.relname as table, c.oid::text as oid,
    array(
      select a.attname::text from pg_attribute a
      where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attgenerated = '' order by a.attnum
    ) as columns,
    array(
      select f.confrelid::text from pg_constraint f
      where f.contype = 'f' and f.conrelid = c.oid and f.confrelid <> c.oid
    ) as refers_to
  from pg_class c join pg_namespace n on n.oid = c.relnamespace
  where c.relkind = 'r' and n.nspname = any ($1) and c.relname <> all ($2)
  order by n.nspname, c.relname`;

interface CatalogRow extends KeptTable {
  readonly oid: string;
  readonly refers_to: readonly string[];
}

/** Each table after those that its rows refer to. */
export async function tablesOf(
  db: pg.Pool | pg.PoolClient,
  schemas: readonly string[],
): Promise<KeptTable[]> {
  let waiting = (await db.query<CatalogRow>(TABLES, [schemas, LEFT_OUT])).rows;
  const placed: CatalogRow[] = [];
  while (waiting.length > 0) {
    const blocked = new Set(waiting.map(({ oid }) => oid));
    const free = waiting.filter(({ refers_to }) => !refers_to.some((oid) => blocked.has(oid)));
    if (free.length === 0) throw new Error('tables refer to each other in a circle');
    placed.push(...free);
    waiting = waiting.filter((table) => !free.includes(table));
  }
  return placed.map(({ schema, table, columns }) => ({ schema, table, columns }));
}

/** As SQL names it. */
export const nameOf = ({ schema, table }: Pick<KeptTable, 'schema' | 'table'>): string =>
  `"${schema}"."${table}"`;

export const columnsOf = ({ columns }: KeptTable): string =>
  columns.map((column) => `"${column}"`).join(', ');
