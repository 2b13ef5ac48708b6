import { execFile } from 'node:child_process';
import { appendFile, mkdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import { startEmbeddedPostgres } from '../../standalone/embedded-postgres/start-embedded-postgres.ts';

/** Data of tests is for one run: nothing has to be there after a loss of power. */
const UNFLUSHED = 'fsync = off\nfull_page_writes = off\n';

/** Makes a PostgreSQL's files as a first start does, once: to make them takes longer than most of what is done with them. */
export async function makeClusterTemplate(directory: string): Promise<void> {
  await mkdir(directory);
  const onEnded = () => process.stderr.write('the PostgreSQL of the template has ended\n');
  const postgres = await startEmbeddedPostgres({ directory, name: basename(directory), onEnded });
  await postgres.stop();
  await appendFile(join(directory, 'postgres', 'postgresql.auto.conf'), UNFLUSHED);
}

/** Into a directory of an embedded PostgreSQL that has none yet. */
export async function copyCluster(template: string, directory: string): Promise<void> {
  // With its owner: PostgreSQL does not run as root.
  await promisify(execFile)('cp', ['-a', join(template, 'postgres'), directory]);
}
