import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { commandLineOf, worksIn } from '../data-directory/process-table.ts';

const LOOK_EVERY_MS = 20;
const FAST_SHUTDOWN_MS = 10_000;

/**
 * A Rally that was killed may leave its PostgreSQL behind. Stops it, so that the next one starts from a known state;
 * what it had committed is there. Only for who holds the directory's lock.
 *
 * `name` is on the command line of that PostgreSQL, and of those that work in copies of the directory; those, and a process
 * id that has been given to something else since, are not touched. A stale file is removed: PostgreSQL itself would take
 * it for a running server.
 */
export async function stopOrphan(cluster: string, name: string): Promise<void> {
  const file = join(cluster, 'postmaster.pid');
  const pid = Number((await readFile(file, 'utf8').catch(() => '')).split('\n', 1)[0]);
  if (!pid) return;
  const runs = async () =>
    (await commandLineOf(pid))?.includes(name) === true && (await worksIn(pid, cluster)) !== false;
  if (!(await runs())) return rm(file, { force: true });
  const signal = (name: NodeJS.Signals) => {
    try {
      process.kill(pid, name);
    } catch {
      // It has just ended.
    }
  };
  signal('SIGINT');
  for (let waited = 0; await runs(); waited += LOOK_EVERY_MS) {
    if (waited === FAST_SHUTDOWN_MS) signal('SIGQUIT');
    await delay(LOOK_EVERY_MS);
  }
}
