import { once } from 'node:events';
import { chown, type FileHandle, mkdtemp, readdir, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { flushDirectory } from '../data-directory/flush-directory.ts';
import type { PostgresBinaries } from './binaries.ts';
import { launch } from './launch.ts';
import type { OperatingUser } from './operating-user.ts';

export interface ClusterOptions {
  readonly binaries: PostgresBinaries;
  readonly user: OperatingUser | null;
  readonly directory: string;
  readonly log: FileHandle;
}

/** Drafts of a cluster stand beside it under its name and this. */
const DRAFT = '.new';

/**
 * Makes an empty cluster where there is none. Complete or not at all: made aside, then renamed. False: initdb failed.
 *
 * Each attempt has a draft of its own, because the initdb of one that was killed may still be writing. A cluster that is
 * there is never touched, whatever it looks like.
 */
export async function createCluster({ directory, ...options }: ClusterOptions): Promise<boolean> {
  await removeDrafts(directory);
  if (await stat(directory).catch(() => null)) return true;
  const draft = await mkdtemp(`${directory}${DRAFT}.`);
  if (options.user) await chown(draft, options.user.uid, options.user.gid);
  const initdb = await launch({
    ...options,
    program: 'initdb',
    directory: draft,
    arguments: (known) => [`--pgdata=${known}`, ...FLAGS],
  });
  const [code] = await once(initdb, 'exit');
  if (code !== 0) return false;
  await rename(draft, directory);
  // Or the power fails, and what has been stored since is in a draft, which the next start removes.
  await flushDirectory(dirname(directory));
  return true;
}

/** What cannot be removed yet is removed at a later start. */
async function removeDrafts(directory: string): Promise<void> {
  const home = dirname(directory);
  const drafts = (await readdir(home)).filter((entry) => entry.startsWith(`${basename(directory)}${DRAFT}`));
  for (const draft of drafts) await rm(join(home, draft), { recursive: true, force: true }).catch(() => {});
}

const FLAGS = [
  '--username=postgres',
  // Whoever reaches the socket inside the 0700 directory could read the files beside it as well.
  '--auth=trust',
  '--encoding=UTF8',
  // The same order and the same case rules on every machine.
  '--locale=C',
  '--locale-provider=builtin',
  '--builtin-locale=C.UTF-8',
  '--no-instructions',
];
