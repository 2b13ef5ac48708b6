import { open } from 'node:fs/promises';

/** What was made, renamed or removed in it stays so when the power fails. */
export async function flushDirectory(directory: string): Promise<void> {
  const handle = await open(directory, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
