import pg from 'pg';
import { ROOMS } from '../read-models/registry.ts';
import type { Room } from '../read-models/room.ts';

/** Indexes that only queries need. A row costs the entry in each: at the end, all entries of one together cost a fraction. */
const LATER: readonly string[] = ROOMS.flatMap((room: Room) => room.readBy ?? []);

/** Of read models that are empty: what is made later by `makeIndexes`. Rejects with the database's error. */
export async function dropLaterIndexes(pool: pg.Pool, schema: string): Promise<void> {
  const name = pg.escapeIdentifier(schema);
  await pool.query(`drop index if exists ${LATER.map((index) => `${name}.${index}`).join(', ')}`);
}

/** Makes the indexes that read models `like` have and `schema` has not, of these tables where they are named: all of them, whichever an interruption has left out. Rejects with the database's error. */
export async function makeIndexes(
  pool: pg.Pool,
  schema: string,
  like: string,
  signal: AbortSignal,
  tables?: readonly string[],
): Promise<void> {
  const { rows } = await pool.query<{ statement: string }>(
    `select replace(i.indexdef, format(' ON %I.', $2::text), format(' ON %I.', $1::text)) as statement
     from pg_indexes i where i.schemaname = $2 and ($3::text[] is null or i.tablename = any($3))
       and not exists (select from pg_indexes made where made.schemaname = $1 and made.indexname = i.indexname)`,
    [schema, like, tables ?? null],
  );
  for (const { statement } of rows) {
    signal.throwIfAborted();
    await pool.query(statement);
  }
}
