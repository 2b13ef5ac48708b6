import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type DoubleProcess, startDoubleProcess } from '../eventstoredb-double/double-process.ts';
import type { Settings } from './deployment.ts';
import { type DistributedDeployment, startDistributed } from './distributed-deployment.ts';

/** Every service in processes of its own, the log in a double of EventStoreDB. */
export interface DistributedOnDouble extends DistributedDeployment {
  readonly double: DoubleProcess;
}

export async function startDistributedOnDouble(settings: Settings = {}): Promise<DistributedOnDouble> {
  const home = await mkdtemp(join(tmpdir(), 'rally-double-'));
  const double = await startDoubleProcess({ logFile: join(home, 'log') });
  const endDouble = async () => {
    await double.kill();
    await rm(home, { recursive: true, force: true });
  };
  try {
    const store = { EVENT_STORE: 'eventstoredb', EVENTSTORE_URL: double.url };
    const deployment = await startDistributed({ ...store, ...settings });
    return {
      ...deployment,
      double,
      async stop() {
        await deployment.stop();
        await endDouble();
      },
    };
  } catch (error) {
    await endDouble();
    throw error;
  }
}
