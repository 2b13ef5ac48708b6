import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import type pg from 'pg';
import { to as copyTo } from 'pg-copy-streams';
import { migrationsDone } from '../../platform/postgres/migrate-schema.ts';
import { RALLY_VERSION } from '../configuration.ts';
import type { Progress } from '../output.ts';
import { countingRows } from './copied-rows.ts';
import { columnsOf, type KeptTable, LOG, MIGRATED, nameOf, tablesOf } from './kept-schemas.ts';
import { type BackedUpTable, FORMAT_NOW, type Manifest, writeManifest } from './manifest.ts';

/** Among the fast ones: the database waits for what is written. */
const GZIP = { level: 3 };

export interface BackupOptions {
  readonly pool: pg.Pool;
  /** An empty directory. */
  readonly directory: string;
  /** Whether the log is in this database. */
  readonly withLog: boolean;
  readonly signal: AbortSignal;
  /** Told once how many rows there are to copy. */
  readonly progress: (rows: number) => Progress;
}

/**
 * Everything in PostgreSQL that nothing else can fill again, as of one moment: what was acked before it began is in it. Rally works on
 * meanwhile. Memory stays the same however much it is.
 */
export async function takeBackup({
  pool,
  directory,
  withLog,
  signal,
  progress,
}: BackupOptions): Promise<Manifest> {
  const client = await pool.connect();
  try {
    await client.query('begin isolation level repeatable read, read only');
    const schemas = [...(withLog ? [LOG] : []), ...Object.keys(MIGRATED)];
    const found = await tablesOf(client, schemas);
    const { rows: moments } = await client.query<{ taken_at: Date; postgres: string }>(
      `select now() as taken_at, current_setting('server_version') as postgres`,
    );
    const [moment] = moments;
    if (!moment) throw new Error('the database does not say what time it is');
    const migrations: Record<string, string[]> = {};
    for (const schema of Object.keys(MIGRATED))
      migrations[schema] = (await migrationsDone(client, schema)) ?? [];
    const log = found.some(({ schema }) => schema === LOG) ? await logOf(client) : null;

    const counts: number[] = [];
    for (const table of found) counts.push(await rowsOf(client, table));
    const told = progress(counts.reduce((sum, rows) => sum + rows, 0));
    const tables: BackedUpTable[] = [];
    let done = 0;
    for (const table of found) {
      const written = await copyOut(client, table, directory, signal, (rows) => told.at(done + rows));
      done += written.rows;
      tables.push(written);
    }
    told.stop();
    await client.query('commit');
    const manifest = {
      format: FORMAT_NOW,
      rally: RALLY_VERSION,
      taken_at: moment.taken_at.toISOString(),
      postgres: moment.postgres,
      log,
      migrations,
      tables,
    };
    await writeManifest(directory, manifest);
    client.release();
    return manifest;
  } catch (error) {
    // In the middle of a copy the connection is of no more use.
    client.release(true);
    throw signal.aborted ? signal.reason : error;
  }
}

async function copyOut(
  client: pg.PoolClient,
  table: KeptTable,
  directory: string,
  signal: AbortSignal,
  onRows: (rows: number) => void,
): Promise<BackedUpTable> {
  const file = `${table.schema}.${table.table}.copy.gz`;
  const hash = createHash('sha256');
  let bytes = 0;
  async function* measuring(chunks: AsyncIterable<Buffer>) {
    for await (const chunk of chunks) {
      bytes += chunk.length;
      hash.update(chunk);
      yield chunk;
    }
  }
  // Each table begins with what its rows are named by; the log is read in its own order.
  const rows = client.query(
    copyTo(`copy (select ${columnsOf(table)} from ${nameOf(table)} order by 1) to stdout`),
  );
  await pipeline(
    rows,
    countingRows(onRows),
    createGzip(GZIP),
    measuring,
    createWriteStream(join(directory, file), { flags: 'wx', mode: 0o600, flush: true }),
    { signal },
  );
  return {
    ...table,
    columns: [...table.columns],
    rows: rows.rowCount,
    file,
    bytes,
    sha256: hash.digest('hex'),
  };
}

async function logOf(client: pg.PoolClient): Promise<Manifest['log']> {
  const { rows } = await client.query<{ position: bigint; identity: string | null }>(
    `select coalesce(max(position), -1) as position, (select identity from ${LOG}.identity) from ${LOG}.events`,
  );
  return { identity: rows[0]?.identity ?? null, position: String(rows[0]?.position ?? -1n) };
}

async function rowsOf(client: pg.PoolClient, table: KeptTable): Promise<number> {
  const { rows } = await client.query<{ rows: bigint }>(`select count(*) as rows from ${nameOf(table)}`);
  return Number(rows[0]?.rows ?? 0);
}
