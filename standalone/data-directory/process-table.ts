import { execFile } from 'node:child_process';
import { readFile, stat } from 'node:fs/promises';
import { promisify } from 'node:util';

/** The whole command line of a running process; null when there is none with that id. */
export async function commandLineOf(pid: number): Promise<string | null> {
  if (process.platform !== 'linux') return ps(pid, 'command');
  const line = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
  return line.replaceAll('\0', ' ').trim() || null;
}

/** When a running process was started: together with its id it is never given out twice. null: no such process. */
export async function startTimeOf(pid: number): Promise<string | null> {
  if (process.platform !== 'linux') return ps(pid, 'lstart');
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  const afterName = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return afterName[19] ?? null;
}

/** Whether a process works in that directory; null: this system does not tell. */
export async function worksIn(pid: number, directory: string): Promise<boolean | null> {
  if (process.platform !== 'linux') return null;
  const [its, asked] = await Promise.all([stat(`/proc/${pid}/cwd`), stat(directory)]).catch(() => []);
  return its !== undefined && asked !== undefined && its.dev === asked.dev && its.ino === asked.ino;
}

async function ps(pid: number, column: string): Promise<string | null> {
  const { stdout } = await promisify(execFile)('ps', ['-o', `${column}=`, '-p', String(pid)]).catch(() => ({
    stdout: '',
  }));
  return stdout.trim() || null;
}
