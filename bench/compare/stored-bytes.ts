import { join } from 'node:path';
import pg from 'pg';

/** Bytes of all tables with their indexes, by schema. */
export type StoredBytes = Readonly<Record<string, number>>;

/**
 * Of a Rally that runs on its own PostgreSQL with its data in `directory`. Vacuumed before: what updates have left behind
 * is given back to be filled again, in one tree as in the other.
 */
export async function storedBytes(directory: string): Promise<StoredBytes> {
  const client = new pg.Client({ host: join(directory, 'postgres'), user: 'postgres', database: 'postgres' });
  await client.connect();
  try {
    await client.query('vacuum analyze');
    await client.query('checkpoint');
    const { rows } = await client.query<{ schema: string; bytes: string }>(
      `select relnamespace::regnamespace::text as schema, sum(pg_total_relation_size(oid)) as bytes
       from pg_class where relkind = 'r' and relnamespace::regnamespace::text !~ '^(pg_|information_schema)'
       group by 1`,
    );
    return Object.fromEntries(rows.map(({ schema, bytes }) => [schema, Number(bytes)]));
  } finally {
    await client.end();
  }
}

/** What has come in between, of all schemas together and of the log's and the read models' (of any version) each. */
export function grownPerMessage(before: StoredBytes, after: StoredBytes, messages: number) {
  const grown = (is: (schema: string) => boolean) =>
    Object.entries(after)
      .filter(([schema]) => is(schema))
      .reduce((sum, [schema, bytes]) => sum + bytes - (before[schema] ?? 0), 0) / messages;
  const isReadModels = (schema: string) => schema.startsWith('read_');
  return {
    all: grown(() => true),
    readModels: grown(isReadModels),
    rest: grown((schema) => !isReadModels(schema)),
  };
}
