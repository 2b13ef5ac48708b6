import { inject } from 'vitest';
import { openDataDirectory } from '../../standalone/data-directory/data-directory.ts';
import { copyCluster } from './cluster-template.ts';

/**
 * Makes a data directory in which there is a PostgreSQL already, a copy of the run's: a Rally that starts there finds
 * it, as at any start but its first, and goes on at once. What it writes need not outlive a loss of power.
 *
 * Suites that are about a first start begin with nothing instead.
 */
export async function prepareDataDirectory(path: string): Promise<void> {
  const directory = await openDataDirectory(path);
  await directory.release();
  await copyCluster(inject('clusterTemplate'), path);
}
