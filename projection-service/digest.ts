import type pg from 'pg';
import { ROOMS } from '../read-models/registry.ts';

export interface TableDigest {
  readonly rows: bigint;
  /** Equal for equal rows, in any order. */
  readonly checksum: string;
}

/**
 * What stands in a table of the schema at the head of the search path, of the rows for which `kept` holds, an SQL condition. Times
 * are compared as they are written, so the session's time zone has to be the same.
 */
export async function tableDigest(
  client: pg.ClientBase,
  table: string,
  kept: string = 'true',
): Promise<TableDigest> {
  const { rows } = await client.query<TableDigest>(
    `select count(*) as rows, coalesce(sum(hashtextextended(r::text, 0)::numeric), 0)::text as checksum
     from ${table} r where ${kept}`,
  );
  return rows[0] ?? { rows: 0n, checksum: '0' };
}

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
        const { rows, checksum } = await tableDigest(client, table, kept?.[table]);
        digests[table] = `${rows}:${checksum}`;
      }
    }
    return digests;
  } finally {
    client.release(true);
  }
}
