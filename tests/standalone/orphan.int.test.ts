import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { stopOrphan } from '../../standalone/embedded-postgres/orphan.ts';
import { isRunning } from './postmaster.ts';

/** What ends by SIGINT, works in a directory and has a name on its command line, as a PostgreSQL does. */
async function startServer(cwd: string, name: string): Promise<ChildProcess> {
  const server = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000); console.log("ready")', name], {
    cwd,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(server.stdout, 'data');
  return server;
}

describe.runIf(process.platform === 'linux')('a process that a postmaster.pid names', () => {
  let cluster: string;
  let copy: string;
  let server: ChildProcess;
  let pid: number;
  beforeEach(async () => {
    cluster = await mkdtemp(join(tmpdir(), 'rally-orphan-'));
    copy = await mkdtemp(join(tmpdir(), 'rally-orphan-'));
    server = await startServer(cluster, 'rally-f00d');
    pid = server.pid ?? 0;
    for (const directory of [cluster, copy]) await writeFile(join(directory, 'postmaster.pid'), `${pid}\n`);
  });
  afterEach(async () => {
    server.kill('SIGKILL');
    for (const directory of [cluster, copy]) await rm(directory, { recursive: true });
  });

  it('is stopped when it works in that directory, under that name', async () => {
    await stopOrphan(cluster, 'rally-f00d');
    expect(await isRunning(pid)).toBe(false);
  });

  it.each([
    ['works in the directory of which this one is a copy', () => copy, 'rally-f00d'],
    ['has been given that id since', () => cluster, 'rally-beef'],
  ])('is left in peace when it %s; the file is stale', async (_, directory, name) => {
    await stopOrphan(directory(), name);
    expect(await isRunning(pid)).toBe(true);
    expect(await readdir(directory())).toEqual([]);
  });
});
