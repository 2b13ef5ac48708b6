import { once } from 'node:events';
import { chown, type FileHandle, mkdir, rename, rm, stat } from 'node:fs/promises';
import type { PostgresBinaries } from './binaries.ts';
import { launch } from './launch.ts';
import type { OperatingUser } from './operating-user.ts';

export interface ClusterOptions {
  readonly binaries: PostgresBinaries;
  readonly user: OperatingUser | null;
  readonly directory: string;
  readonly log: FileHandle;
}

/** Makes an empty cluster where there is none. Complete or not at all: made aside, then renamed. False: initdb failed. */
export async function createCluster({ directory, ...options }: ClusterOptions): Promise<boolean> {
  if (await stat(directory).catch(() => null)) return true;
  const draft = `${directory}.new`;
  await rm(draft, { recursive: true, force: true });
  await mkdir(draft, { mode: 0o700 });
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
  return true;
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
