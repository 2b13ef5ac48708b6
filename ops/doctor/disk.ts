import { existsSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import type pg from 'pg';
import { diskOf } from '../../platform/service/disk-metrics.ts';
import { bad, type Finding, ok, warn } from './finding.ts';

/**
 * The disk of PostgreSQL's data, where it is one of this machine. `minFreePercent`: less is bad, less than twice as much a warning. Of
 * EventStoreDB, and of servers elsewhere, nothing is known from here.
 */
export async function checkDisk(pool: pg.Pool, minFreePercent: number): Promise<Finding> {
  const directory = await dataDirectory(pool);
  const unknown = warn('disk', 'of PostgreSQL: not known from here', 'watch it where the server is');
  if (directory === null || !existsSync(join(directory, 'PG_VERSION'))) return unknown;
  const disk = await diskOf(directory).catch(() => null);
  if (!disk) return unknown;
  const percent = (100 * disk.free) / disk.size;
  const seen = `${percent.toFixed(0)} % of ${(disk.size / 1e9).toFixed(0)} GB free at ${realpathSync(directory)}`;
  const advice = 'make room; docs/operations/runbooks.md, A full disk';
  if (percent < minFreePercent) return bad('disk', seen, advice);
  return percent < 2 * minFreePercent ? warn('disk', seen, advice) : ok('disk', seen);
}

/** null: it is not for this user to know. */
async function dataDirectory(pool: pg.Pool): Promise<string | null> {
  const { rows } = await pool.query<{ directory: string | null; pid: number }>(
    `select case when pg_has_role(current_user, 'pg_read_all_settings', 'member')
       then current_setting('data_directory') end as directory, pg_backend_pid() as pid`,
  );
  const [row] = rows;
  // The embedded one knows its own by a file that it has open.
  return row?.directory?.replace(/^\/proc\/self\//, `/proc/${row.pid}/`) ?? null;
}
