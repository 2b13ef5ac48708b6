import { Kysely, PostgresDialect } from 'kysely';
import type pg from 'pg';
import type { CheckpointsTable } from './progress/tables.ts';
import type { ReadTables } from './tables.ts';
import { areMissing } from './unavailable.ts';

export type Filling = Pick<CheckpointsTable, 'position' | 'filled'>;

/** How far read models have come; null: there are none. Rejects with the database's error. */
export async function readFilling(pool: pg.Pool, schema: string): Promise<Filling | null> {
  const db = new Kysely<ReadTables>({ dialect: new PostgresDialect({ pool }) }).withSchema(schema);
  try {
    return await db.selectFrom('checkpoints').select(['position', 'filled']).executeTakeFirstOrThrow();
  } catch (error) {
    if (areMissing(error)) return null;
    throw error;
  }
}
