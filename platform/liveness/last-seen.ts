import { Kysely, type SchemaModule, sql } from 'kysely';
import type pg from 'pg';
import { preparedDialect } from '../postgres/prepared-dialect.ts';

interface LastSeenRow {
  key: string;
  at: Date;
}

const SCHEMA = 'liveness';

const lastSeenOn = (pool: pg.Pool) =>
  new Kysely<{ last_seen: LastSeenRow }>({ dialect: preparedDialect(pool) }).withSchema(SCHEMA);

/** Without an index on `at`: an update changes none, and finds room beside the row. Old rows are looked for once in a while. */
export const createLastSeenTable = (schema: SchemaModule): Promise<void> =>
  schema
    .createTable('last_seen')
    .addColumn('key', 'text', (column) => column.primaryKey())
    .addColumn('at', 'timestamptz', (column) => column.notNull())
    .modifyEnd(sql`with (fillfactor = 50)`)
    .execute();

/** When something was done last in the name of a key. All reject with the database's error. */
export interface LastSeen {
  /** Of two times of one key the later one stays, whoever writes it. All or nothing. */
  write(entries: Iterable<readonly [key: string, at: Date]>): Promise<void>;
  /** Who was never seen, or so long ago that it was forgotten, is left out. */
  read(keys: readonly string[]): Promise<ReadonlyMap<string, Date>>;
  /** Forgets who was not seen since. */
  deleteBefore(date: Date): Promise<void>;
}

export function createLastSeen(pool: pg.Pool): LastSeen {
  const db = lastSeenOn(pool);
  return {
    async write(entries) {
      // In one order, whoever writes, so that two who write the same ones do not wait for each other.
      const sorted = [...entries].sort(([one], [other]) => (one < other ? -1 : 1));
      if (sorted.length === 0) return;
      const keys = sorted.map(([key]) => key);
      const dates = sorted.map(([, at]) => at.toISOString());
      await sql`insert into ${sql.table(`${SCHEMA}.last_seen`)} as seen (key, at)
        select * from unnest(${keys}::text[], ${dates}::timestamptz[])
        on conflict (key) do update set at = excluded.at where seen.at < excluded.at`.execute(db);
    },
    async read(keys) {
      const rows = await sql<LastSeenRow>`select key, at from ${sql.table(`${SCHEMA}.last_seen`)}
        where key = any(${keys}::text[])`.execute(db);
      return new Map(rows.rows.map(({ key, at }) => [key, at]));
    },
    async deleteBefore(date) {
      await db.deleteFrom('last_seen').where('at', '<', date).execute();
    },
  };
}
