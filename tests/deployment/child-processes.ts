import { execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { commandLineOf } from '../../standalone/data-directory/process-table.ts';

/** The processes that a process has started and that still run: what each was called with, by its id. */
export async function childProcesses(parent: number): Promise<ReadonlyMap<number, string>> {
  const children = new Map<number, string>();
  for (const pid of await processIds()) {
    if ((await parentOf(pid)) !== parent) continue;
    const line = await commandLineOf(pid);
    if (line !== null) children.set(pid, line);
  }
  return children;
}

const onLinux = process.platform === 'linux';

const processIds = async (): Promise<number[]> =>
  (onLinux ? await readdir('/proc') : (await ps('-A', '-o', 'pid=')).split('\n'))
    .map(Number)
    .filter((pid) => pid > 0);

async function parentOf(pid: number): Promise<number> {
  if (!onLinux) return Number(await ps('-o', 'ppid=', '-p', String(pid)));
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
}

const ps = async (...options: string[]): Promise<string> =>
  (await promisify(execFile)('ps', options).catch(() => ({ stdout: '' }))).stdout;
