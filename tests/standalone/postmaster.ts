import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { commandLineOf } from '../../standalone/data-directory/process-table.ts';

/** The process id of the PostgreSQL that works, or worked last, in a data directory. */
export async function postmasterPid(dataDirectory: string): Promise<number> {
  const text = await readFile(join(dataDirectory, 'postgres', 'postmaster.pid'), 'utf8');
  return Number(text.split('\n', 1)[0]);
}

/** A process that has ended but was not fetched by its parent has no command line any more. */
export const isRunning = async (pid: number): Promise<boolean> => (await commandLineOf(pid)) !== null;
