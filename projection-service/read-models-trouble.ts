import type pg from 'pg';
import { isUnavailable } from '../platform/postgres/is-unavailable.ts';

/** Why the read models cannot be reached at the moment, for an operator; null: they can. */
export async function databaseTrouble(pool: pg.Pool, schema: string): Promise<string | null> {
  try {
    await pool.query(`select position from ${quoted(schema)}.checkpoints`);
    return null;
  } catch (error) {
    return isUnavailable(error) ? 'the database is away' : 'the read models are missing';
  }
}

const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`;
