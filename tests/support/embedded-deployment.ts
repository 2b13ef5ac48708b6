import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Deployment, Settings } from './deployment.ts';
import { prepareDataDirectory } from './prepared-data-directory.ts';
import { printed, type RallyProcess, type SpawnOptions, spawnRally } from './rally-process.ts';

const ADDRESS = /http:\/\/127\.0\.0\.1:\d+/;

export interface RunningStandalone {
  readonly address: string;
  readonly rally: RallyProcess;
}

/** Everything in one process, as `make start` runs it. Resolves once it is ready. */
export async function startStandalone(
  settings: Settings,
  options?: SpawnOptions,
): Promise<RunningStandalone> {
  const environment = { PORT: '0', OPS_PORT: '0', LOG_LEVEL: 'warn', ...settings };
  const rally = spawnRally('standalone/main.js', environment, options);
  const [address] = await printed(rally, ADDRESS);
  return { address, rally };
}

export async function startEmbedded(settings: Settings = {}): Promise<Deployment> {
  const home = await mkdtemp(join(tmpdir(), 'rally-e2e-'));
  const data = join(home, 'data');
  if (settings.DATABASE_URL === undefined) await prepareDataDirectory(data);
  const { address, rally } = await startStandalone({ DATA_DIR: data, ...settings });
  return {
    addresses: [address],
    stop: async () => {
      await rally.stop();
      await rm(home, { recursive: true, force: true });
    },
  };
}
