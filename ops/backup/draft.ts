import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { flushDirectory } from '../../standalone/data-directory/flush-directory.ts';
import { takeLock } from '../../standalone/data-directory/lock.ts';
import { CommandFailed, EXIT } from '../exit-codes.ts';

const DRAFT = 'draft-';

/**
 * A directory that is there complete or not at all: `make` fills a draft beside it, which then gets its name. One process at a time
 * works on a target; what one that was killed has left is removed by the next. Each has a draft of its own, because a PostgreSQL of the
 * one before may still be ending in the other.
 *
 * Rejects with `CommandFailed` when the target holds something already, or somebody else is at it.
 */
export async function inDraft(target: string, make: (draft: string) => Promise<void>): Promise<void> {
  await assertEmpty(target);
  const aside = `${target}.part`;
  await makeDirectory(aside);
  const lock = await takeLock(aside);
  if (!lock) throw new CommandFailed(`somebody else is writing ${target}`, EXIT.busy);
  try {
    await removeDrafts(aside);
    const draft = await mkdtemp(join(aside, DRAFT));
    await make(draft);
    await flushDirectory(draft);
    await assertEmpty(target);
    await rename(draft, target);
    await flushDirectory(dirname(target));
  } finally {
    await removeDrafts(aside);
    await lock.release();
    await rm(aside, { recursive: true, force: true }).catch(() => {});
  }
}

/** Not with its parents: what is not mounted would be filled on another disk. */
async function makeDirectory(path: string): Promise<void> {
  try {
    await mkdir(path, { mode: 0o700 });
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'EEXIST') return;
    if (code === 'ENOENT') throw new CommandFailed(`${dirname(path)} is not there: make it first`);
    throw new CommandFailed(`${path} cannot be made (${code ?? error}): name another place`);
  }
}

async function assertEmpty(target: string): Promise<void> {
  if (!existsSync(target)) return;
  const isEmpty = (await stat(target)).isDirectory() && (await readdir(target)).length === 0;
  if (!isEmpty) throw new CommandFailed(`${target} is there already: name another one`);
}

/** What cannot be removed yet is removed the next time. */
async function removeDrafts(aside: string): Promise<void> {
  const drafts = (await readdir(aside)).filter((entry) => entry.startsWith(DRAFT));
  for (const draft of drafts) await rm(join(aside, draft), { recursive: true, force: true }).catch(() => {});
}
