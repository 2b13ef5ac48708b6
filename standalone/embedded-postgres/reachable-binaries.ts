import { execFile } from 'node:child_process';
import { chmod, cp, mkdir, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { PostgresBinaries } from './binaries.ts';
import type { OperatingUser } from './operating-user.ts';

const CACHE = '/var/cache/rally';

/**
 * Binaries that this user can execute. Another user than root cannot walk into root's 0700 home, and PostgreSQL
 * looks for its own files by their full path; so there, and only there, a copy is made that everybody can read.
 */
export async function reachableBinaries(
  binaries: PostgresBinaries,
  user: OperatingUser | null,
  cache = CACHE,
): Promise<PostgresBinaries> {
  if (!user || (await canRun(binaries, user))) return binaries;
  const copy = { ...binaries, root: join(cache, `postgresql-${binaries.version}`) };
  if (!(await canRun(copy, user))) await copyReadable(binaries.root, cache, copy.root);
  return copy;
}

async function canRun({ root }: PostgresBinaries, user: OperatingUser): Promise<boolean> {
  try {
    await promisify(execFile)(join(root, 'bin', 'initdb'), ['--version'], { ...user, cwd: '/' });
    return true;
  } catch {
    return false;
  }
}

/** Complete or not at all: made aside, then renamed. */
async function copyReadable(from: string, cache: string, to: string): Promise<void> {
  await mkdir(cache, { recursive: true, mode: 0o755 });
  await chmod(cache, 0o755);
  const draft = `${to}.${process.pid}`;
  const wanted = (path: string) => !path.endsWith('.a') && !path.endsWith('/include');
  await cp(from, draft, { recursive: true, verbatimSymlinks: true, filter: wanted });
  const entries = await readdir(draft, { recursive: true, withFileTypes: true });
  await chmod(draft, 0o755);
  for (const entry of entries) {
    if (!entry.isSymbolicLink()) await chmod(join(entry.parentPath, entry.name), 0o755);
  }
  await rm(to, { recursive: true, force: true });
  await rename(draft, to);
}
