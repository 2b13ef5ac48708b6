import type pg from 'pg';
import { ROOMS } from '../read-models/registry.ts';

/**
 * What stands in each table that follows from the log alone, as `<rows>:<checksum>`: equal for equal rows, in any
 * order. Where old rows are removed in time, those count that are certainly there.
 */
export async function projectionDigest(pool: pg.Pool, schema: string): Promise<Record<string, string>> {
  const client = await pool.connect();
  try {
    await client.query("begin isolation level repeatable read read only; set local time zone 'UTC'");
    await client.query(`set local search_path to ${client.escapeIdentifier(schema)}`);
    const digests: Record<string, string> = {};
    for (const { tables, kept } of ROOMS) {
      for (const table of tables) {
        const { rows } = await client.query<{ digest: string }>(
          `select count(*) || ':' || coalesce(sum(hashtextextended(r::text, 0)::numeric), 0) as digest
           from ${table} r where ${kept?.[table] ?? 'true'}`,
        );
        digests[table] = rows[0]?.digest ?? '';
      }
    }
    return digests;
  } finally {
    client.release(true);
  }
}
