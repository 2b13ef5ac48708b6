import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Cleanup } from '../processes/cleanup.ts';
import { forkEntry } from '../processes/fork-entry.ts';
import { processTree } from '../processes/process-usage.ts';
import { BENCH_SETTINGS } from '../systems/rally.ts';

export interface TwoGateways {
  /** Of the cluster: all of it is this process and those below it. */
  readonly pid: number;
  readonly addresses: readonly [string, string];
  /** SIGKILL for the gateway at this address; the cluster starts it again. */
  kill(address: string): Promise<void>;
  /** Resolves when each gateway answers. */
  untilAllAnswer(): Promise<void>;
  stop(): Promise<void>;
}

const OTHERS = { COMMAND_SERVICES: '1', PROJECTION_SERVICES: '1', HOUSEKEEPERS: '1' };
const LOOK_EVERY_MS = 100;
const GIVE_UP_MS = 60_000;

/** A local cluster with two gateways and one process of each other service. Needs a `nats-server`, as it does everywhere. */
export async function startTwoGateways(directory: string, cleanup: Cleanup): Promise<TwoGateways> {
  const environment = { ...BENCH_SETTINGS, ...OTHERS, GATEWAYS: '2', DATA_DIR: directory };
  const cluster = forkEntry({ entry: 'local-cluster/main.js', environment, cleanup });
  const [first, second] = await cluster.printedAddresses();
  if (first === undefined || second === undefined) throw new Error('the cluster tells of one gateway only');
  const addresses = [first, second] as const;
  return {
    pid: cluster.pid,
    addresses,
    async kill(address) {
      process.kill(await gatewayAt(cluster.pid, new URL(address).port), 'SIGKILL');
    },
    async untilAllAnswer() {
      const giveUpAt = performance.now() + GIVE_UP_MS;
      while (!(await Promise.all(addresses.map(answers))).every(Boolean)) {
        if (performance.now() > giveUpAt) throw new Error('a gateway has not come back');
        await sleep(LOOK_EVERY_MS);
      }
    },
    stop: () => cluster.stop(),
  };
}

/** By what it was told when it was started. */
async function gatewayAt(cluster: number, port: string): Promise<number> {
  for (const { pid, title } of await processTree(cluster)) {
    const environment = await readFile(`/proc/${pid}/environ`, 'utf8').catch(() => '');
    if (title.includes('gateway/main.js') && environment.split('\0').includes(`PORT=${port}`)) return pid;
  }
  throw new Error(`no gateway listens on port ${port}`);
}

const answers = (address: string): Promise<boolean> =>
  fetch(address).then(
    () => true,
    () => false,
  );
