import { stat } from 'node:fs/promises';

/** A `DATA_DIR` that cannot be used. The message says why, and what to do about it, in one line. */
export class DataDirectoryError extends Error {
  override readonly name = 'DataDirectoryError';
}

const WRITABLE_BY_OTHERS = 0o022;
const OPEN_TO_OTHERS = 0o077;

/**
 * Whoever can write into a data directory can put a secret of his own there, or another database. Rejects with
 * `DataDirectoryError` when others than its owner can; and for an ordinary user, when somebody else owns it. Root may work
 * in any user's: PostgreSQL then runs as that user.
 */
export async function assertOnlyOwnerWrites(directory: string): Promise<void> {
  const { mode, uid } = await stat(directory);
  if (mode & WRITABLE_BY_OTHERS)
    throw new DataDirectoryError(
      `DATA_DIR: others can write into ${directory} (mode ${octal(mode)}): chmod go-w ${quoted(directory)}`,
    );
  const me = process.getuid?.() ?? uid;
  if (uid !== me && uid !== 0 && me !== 0)
    throw new DataDirectoryError(
      `DATA_DIR: ${directory} belongs to another user (${uid}): choose a directory of your own`,
    );
}

/** Rejects with `DataDirectoryError` when others than its owner can read or write a file with secrets. */
export async function assertOnlyOwnerReads(file: string): Promise<void> {
  const { mode } = await stat(file);
  if (mode & OPEN_TO_OTHERS)
    throw new DataDirectoryError(
      `DATA_DIR: others can read the secret in ${file} (mode ${octal(mode)}): chmod 600 ${quoted(file)}`,
    );
}

const octal = (mode: number): string => (mode & 0o777).toString(8).padStart(4, '0');

/** As a shell takes it for one word. */
const quoted = (path: string): string =>
  /^[\w./-]+$/.test(path) ? path : `'${path.replaceAll("'", String.raw`'\''`)}'`;
