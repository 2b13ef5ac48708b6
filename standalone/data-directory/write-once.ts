import { randomUUID } from 'node:crypto';
import { link, open, rm } from 'node:fs/promises';

/**
 * Creates a file with its whole content, readable by its owner alone if `mode` says nothing else. False when it is there already: of several
 * that try at once one succeeds, and nobody ever sees a part of it.
 */
export async function writeOnce(path: string, content: string, mode = 0o600): Promise<boolean> {
  const draft = `${path}.${randomUUID()}.new`;
  const file = await open(draft, 'w', mode);
  try {
    await file.writeFile(content);
    await file.sync();
    await link(draft, path);
    return true;
  } catch (error) {
    if (isExisting(error)) return false;
    throw error;
  } finally {
    await file.close();
    await rm(draft, { force: true });
  }
}

const isExisting = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === 'EEXIST';
