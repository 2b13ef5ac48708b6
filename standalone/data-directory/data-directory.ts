import { randomBytes } from 'node:crypto';
import { mkdir, readdir, readFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { z } from 'zod';
import { parseJson } from '../../platform/json.ts';
import { assertOnlyOwnerReads, assertOnlyOwnerWrites, DataDirectoryError } from './assert-private.ts';
import { takeLock } from './lock.ts';
import { writeOnce } from './write-once.ts';

const FILE = 'rally.json';

/** `rally.json` marks a directory as Rally's and keeps what must survive a restart. Readable by its owner alone. */
const content = z.object({
  /** Of the directory, not of the database. */
  layout: z.literal(1),
  /** Names the PostgreSQL of this directory among all processes of the machine. */
  cluster: z.string(),
  jwtSecret: z.string(),
});

export interface DataDirectory {
  readonly path: string;
  readonly cluster: string;
  readonly jwtSecret: string;
  /** Lets another process use the directory. */
  release(): Promise<void>;
}

/** Creates it when it is not there, and keeps every other process out of it. Rejects with `DataDirectoryError`. */
export async function openDataDirectory(configured: string): Promise<DataDirectory> {
  const path = resolve(configured);
  try {
    await makeDirectory(path);
    await assertOnlyOwnerWrites(path);
    const { cluster, jwtSecret } = await readOrCreate(path);
    const lock = await takeLock(path);
    if (!lock) throw new DataDirectoryError(`DATA_DIR: ${path} is in use by another Rally`);
    return { path, cluster, jwtSecret, release: () => lock.release() };
  } catch (error) {
    if (error instanceof DataDirectoryError) throw error;
    throw new DataDirectoryError(`DATA_DIR: ${path} cannot be used (${reason(error)})`, { cause: error });
  }
}

/** With its parents. (`mkdir`'s own `recursive` never comes back where making a directory fails with ENOENT, as in /proc.) */
async function makeDirectory(path: string): Promise<void> {
  try {
    await mkdir(path, { mode: 0o700 });
  } catch (error) {
    if (reason(error) === 'EEXIST') return;
    if (reason(error) !== 'ENOENT' || path === dirname(path)) throw error;
    await makeDirectory(dirname(path));
    await mkdir(path, { mode: 0o700 });
  }
}

async function readOrCreate(path: string): Promise<z.output<typeof content>> {
  const entries = await readdir(path);
  if (!entries.includes(FILE)) {
    const foreign = entries.find((entry) => !entry.startsWith(FILE) && entry !== 'lost+found');
    if (foreign) {
      throw new DataDirectoryError(
        `DATA_DIR: ${path} holds something else (${foreign}); choose an empty or a new directory`,
      );
    }
    const cluster = `rally-${randomBytes(6).toString('hex')}`;
    const fresh = { layout: 1, cluster, jwtSecret: randomBytes(32).toString('base64url') };
    await writeOnce(join(path, FILE), `${JSON.stringify(fresh, null, 2)}\n`);
  }
  await assertOnlyOwnerReads(join(path, FILE));
  const parsed = content.safeParse(parseJson(await readFile(join(path, FILE), 'utf8')));
  if (parsed.success) return parsed.data;
  throw new DataDirectoryError(`DATA_DIR: ${join(path, FILE)} is damaged or of another version of Rally`);
}

const reason = (error: unknown): string =>
  error instanceof Error && 'code' in error ? String(error.code) : String(error);
