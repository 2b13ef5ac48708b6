import type { ChildProcess } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

const LOOK_EVERY_MS = 10;

/** In the server's own file, as `pg_ctl` reads it. */
const STATUS_LINE = 7;

/** Resolves with true once the server accepts connections, with false when it has ended or does not in time. */
export async function serverReady(
  server: ChildProcess,
  cluster: string,
  timeoutMs: number,
): Promise<boolean> {
  const file = join(cluster, 'postmaster.pid');
  for (let waited = 0; waited < timeoutMs; waited += LOOK_EVERY_MS) {
    if (server.pid === undefined || server.exitCode !== null || server.signalCode !== null) return false;
    const lines = (await readFile(file, 'utf8').catch(() => '')).split('\n');
    if (Number(lines[0]) === server.pid && lines[STATUS_LINE]?.trim() === 'ready') return true;
    await delay(LOOK_EVERY_MS);
  }
  return false;
}
