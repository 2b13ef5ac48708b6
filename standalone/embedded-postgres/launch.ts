import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { join } from 'node:path';
import { endWithThisProcess } from '../../platform/service/end-with-this-process.ts';
import type { PostgresBinaries } from './binaries.ts';
import type { OperatingUser } from './operating-user.ts';

const DESCRIPTOR = '/proc/self/fd/3';

export interface Launch {
  readonly binaries: PostgresBinaries;
  readonly program: 'initdb' | 'postgres';
  readonly user: OperatingUser | null;
  /** Where the program works; `arguments` gets the name by which the program can reach it. */
  readonly directory: string;
  readonly arguments: (directory: string) => readonly string[];
  /** Takes what the program prints. */
  readonly log: FileHandle;
}

/**
 * Starts a PostgreSQL program that works in a directory which its user may not be able to walk to: below a 0700
 * home, say. The directory goes along as an open descriptor, and `/proc/self/fd` leads into it past every parent.
 *
 * The program is in a process group of its own: Ctrl-C in the terminal is for Rally, which still needs its database. It
 * ends when Rally does, however that ends.
 */
export async function launch(options: Launch): Promise<ChildProcess> {
  const { binaries, program, user, directory, log } = options;
  const handle = await open(directory, 'r');
  try {
    const known = existsSync('/proc/self/fd') ? DESCRIPTOR : directory;
    const child = spawn(join(binaries.root, 'bin', program), options.arguments(known), {
      ...user,
      cwd: '/',
      detached: true,
      stdio: ['ignore', log.fd, log.fd, handle.fd],
      env: { PATH: process.env.PATH, LC_ALL: 'C', TZ: 'UTC' },
    });
    // A server then lets those go on that are still connected, such as services that drain, and ends with the last of them.
    endWithThisProcess(child, 'SIGTERM');
    return child;
  } finally {
    await handle.close();
  }
}
