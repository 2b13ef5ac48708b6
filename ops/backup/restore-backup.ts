import { pipeline } from 'node:stream/promises';
import type pg from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import { openPostgresEventStore } from '../../platform/event-store/postgres/postgres-event-store.ts';
import type { Logger } from '../../platform/logging/logger.ts';
import { createPostgresPool } from '../../platform/postgres/postgres-pool.ts';
import { CommandFailed } from '../exit-codes.ts';
import type { Progress } from '../output.ts';
import { countingRows, rowsIn } from './copied-rows.ts';
import { columnsOf, LOG, MIGRATED, nameOf, tablesOf } from './kept-schemas.ts';
import type { Manifest } from './manifest.ts';

export interface RestoreOptions {
  /** Of the backup, which is undamaged. */
  readonly directory: string;
  readonly manifest: Manifest;
  /** Of an empty database. */
  readonly url: string;
  readonly logger: Logger;
  readonly signal: AbortSignal;
  /** Told once how many rows there are to copy. */
  readonly progress: (rows: number) => Progress;
}

/**
 * Makes the schemas as they were, and fills them in one transaction: all of it is there, or none, whenever it is killed. The log begins
 * another life, with another identity; read models are filled from it by the services. Rejects with `CommandFailed` when the
 * database holds something, or the backup is of a newer Rally.
 */
export async function restoreBackup(options: RestoreOptions): Promise<void> {
  const { manifest, url, logger, signal } = options;
  assertKnown(manifest);
  const pool = createPostgresPool({ url, applicationName: 'rally restore', max: 2, logger });
  try {
    await assertWithoutReadModels(pool);
    if (manifest.log) await (await openPostgresEventStore({ url, logger })).close();
    for (const [schema, { migrate }] of Object.entries(MIGRATED)) {
      const upTo = manifest.migrations[schema]?.at(-1);
      if (upTo !== undefined) await migrate(pool, upTo);
    }
    const client = await pool.connect();
    try {
      await client.query('begin');
      await fill(client, options);
      await client.query('commit');
      client.release();
    } catch (error) {
      client.release(true);
      throw signal.aborted ? signal.reason : error;
    }
  } finally {
    await pool.end();
  }
}

function assertKnown({ migrations, rally }: Manifest): void {
  const unknown = Object.entries(migrations).find(([schema, names]) =>
    names.some((name) => !MIGRATED[schema]?.migrations.includes(name)),
  );
  if (unknown) throw newer(rally, unknown[0]);
}

const newer = (rally: string, what: string) =>
  new CommandFailed(
    `the backup is of a newer Rally (${rally}), whose ${what} this one does not know: restore it with that one`,
  );

async function assertWithoutReadModels(pool: pg.Pool): Promise<void> {
  const { rows } = await pool.query<{ name: string }>(
    `select nspname as name from pg_namespace where nspname ~ '^(read_|leases$|liveness$)' order by 1`,
  );
  if (rows[0])
    throw new CommandFailed(
      `the database holds a Rally already (schema ${rows[0].name}): restore into an empty one`,
    );
}

async function fill(
  client: pg.PoolClient,
  { directory, manifest, signal, progress }: RestoreOptions,
): Promise<void> {
  const there = await tablesOf(client, [LOG, ...Object.keys(MIGRATED)]);
  for (const table of there) {
    // Whoever starts meanwhile waits; and what is filled in the transaction that empties it need not go through the server's journal.
    await client.query(`lock table ${nameOf(table)} in access exclusive mode`);
    const { rows } = await client.query(`select from ${nameOf(table)} limit 1`);
    if (rows.length > 0)
      throw new CommandFailed(
        `the database holds a Rally already (rows in ${table.schema}.${table.table}): restore into an empty one`,
      );
  }
  if (there.length > 0) await client.query(`truncate ${there.map(nameOf).join(', ')}`);
  const told = progress(manifest.tables.reduce((sum, { rows }) => sum + rows, 0));
  let done = 0;
  for (const table of manifest.tables) {
    const here = there.find(({ schema, table: name }) => schema === table.schema && name === table.table);
    const unknown = here ? table.columns.find((column) => !here.columns.includes(column)) : table.table;
    if (unknown !== undefined) throw newer(manifest.rally, `${table.schema}.${unknown}`);
    const rows = client.query(copyFrom(`copy ${nameOf(table)} (${columnsOf(table)}) from stdin`));
    await pipeline(
      rowsIn(directory, table),
      countingRows((passed) => told.at(done + passed)),
      rows,
      { signal },
    );
    done += table.rows;
    if (rows.rowCount !== table.rows)
      throw new CommandFailed(
        `${table.file} has ${rows.rowCount} rows in place of ${table.rows}: use another backup`,
      );
    await client.query(`analyze ${nameOf(table)}`);
  }
  told.stop();
}
