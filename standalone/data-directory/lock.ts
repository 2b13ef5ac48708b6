import { randomUUID } from 'node:crypto';
import { readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { startTimeOf } from './process-table.ts';
import { writeOnce } from './write-once.ts';

export interface Lock {
  release(): Promise<void>;
}

/**
 * Held by one living process at a time; null when another one holds it. A holder that was killed holds it no longer:
 * the lock names its process by id and start time.
 */
export async function takeLock(directory: string): Promise<Lock | null> {
  const path = join(directory, 'rally.lock');
  const mine = `${process.pid} ${await startTimeOf(process.pid)}\n`;
  while (!(await writeOnce(path, mine))) {
    const holder = await readFile(path, 'utf8').catch(() => null);
    if (holder === null) continue;
    if (await isAlive(holder)) return null;
    await removeIfStill(path, holder);
  }
  return { release: () => rm(path, { force: true }) };
}

async function isAlive(holder: string): Promise<boolean> {
  const [pid, startTime] = holder.trim().split(/ (.*)/s);
  return (await startTimeOf(Number(pid))) === startTime;
}

/** Two may find the same dead lock: the slower one must not remove the lock that the faster one has taken since. */
async function removeIfStill(path: string, dead: string): Promise<void> {
  const aside = `${path}.${randomUUID()}.dead`;
  await rename(path, aside).catch(() => {});
  const removed = await readFile(aside, 'utf8').catch(() => null);
  if (removed !== null && removed !== dead) await writeOnce(path, removed);
  await rm(aside, { force: true });
}
