import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { startTimeOf } from './process-table.ts';
import { writeOnce } from './write-once.ts';

export interface Lock {
  release(): Promise<void>;
}

/** Root and the owner of the data may take turns. */
const READABLE_BY_ALL = 0o644;

/**
 * Held by one living process at a time; null when another one holds it. A holder that was killed holds it no longer:
 * the lock names its process by id and start time.
 *
 * The lock is the file with the highest number. Who finds its holder dead makes the next one, which only one of several
 * can; a file is removed only by the holder of a higher one, so the highest number never falls. That is what keeps a
 * slow contender, still thinking of an older holder, from taking what somebody else has taken since.
 */
export async function takeLock(directory: string): Promise<Lock | null> {
  const fileOf = (number: number) => join(directory, `rally.lock.${number}`);
  const me = `${process.pid} ${await startTimeOf(process.pid)}`;
  for (;;) {
    const [newest = 0] = await lockNumbers(directory);
    const holder = newest === 0 ? '' : await readIfThere(fileOf(newest));
    if (holder === null) continue;
    if (await isAlive(holder)) return null;

    const mine = newest + 1;
    if (!(await writeOnce(fileOf(mine), me, READABLE_BY_ALL))) continue;
    const [highest, ...older] = await lockNumbers(directory);
    if (highest !== mine) {
      await rm(fileOf(mine), { force: true });
      continue;
    }
    for (const number of older) await rm(fileOf(number), { force: true });
    return { release: () => writeFile(fileOf(mine), '') };
  }
}

/** Highest first. */
async function lockNumbers(directory: string): Promise<number[]> {
  const matches = (await readdir(directory)).map((entry) => /^rally\.lock\.(\d+)$/.exec(entry));
  return matches.flatMap((match) => (match ? Number(match[1]) : [])).sort((a, b) => b - a);
}

async function readIfThere(file: string): Promise<string | null> {
  return readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null;
    throw error;
  });
}

async function isAlive(holder: string): Promise<boolean> {
  const [pid, startTime] = holder.split(/ (.*)/s);
  return startTime !== undefined && (await startTimeOf(Number(pid))) === startTime;
}
