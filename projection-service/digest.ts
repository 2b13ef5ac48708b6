import type pg from 'pg';
import { ROOMS } from '../read-models/registry.ts';

/**
 * What stands in each table that follows from the log alone, as `<rows>:<checksum>`: equal for equal rows, in any
 * order. The feed counts from its floor on, or from the later `feedAfter`: give both sides of a comparison the higher
 * of the two floors when they differ.
 */
export async function projectionDigest(
  pool: pg.Pool,
  schema: string,
  feedAfter = -1n,
): Promise<Record<string, string>> {
  const client = await pool.connect();
  try {
    await client.query("begin isolation level repeatable read read only; set local time zone 'UTC'");
    await client.query(`set local search_path to ${client.escapeIdentifier(schema)}`);
    const digests: Record<string, string> = {};
    for (const table of ROOMS.flatMap(({ tables }) => tables)) {
      const { rows } = await client.query<{ digest: string }>(
        `select count(*) || ':' || coalesce(sum(hashtextextended(r::text, 0)::numeric), 0) as digest
         from ${table} r ${table === 'feed' ? FROM_FLOOR : ''}`,
        table === 'feed' ? [feedAfter] : [],
      );
      digests[table] = rows[0]?.digest ?? '';
    }
    return digests;
  } finally {
    client.release(true);
  }
}

const FROM_FLOOR = 'where r.position > greatest($1::bigint, (select position from feed_floor))';
