import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Logger } from 'pino';
import type { Service } from '../platform/service/service.ts';
import { type OpsAddress, whyNotReady } from './ops-address.ts';

export interface ServiceProcessOptions {
  /** Among the cluster's processes, such as `gateway-2`. */
  readonly name: string;
  /** Compiled, below the folder of all code: `gateway/main.js`. */
  readonly entry: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly ops: OpsAddress;
  readonly logger: Logger;
}

const READY_WITHIN_MS = 30_000;
const LOOK_EVERY_MS = 50;
/** A process that dies is started again, as any supervisor would, but not in a tight circle. */
const RESTART_AFTER_MS = 500;

/** One service in a process of its own, kept alive. Resolves once it is ready; rejects when it ends before that. */
export async function startServiceProcess(options: ServiceProcessOptions): Promise<Service> {
  const { name, ops, logger } = options;
  let child = spawnService(options);
  let stopping = false;

  async function keepAlive(): Promise<void> {
    while (!stopping) {
      const [code, signal] = await ended(child);
      if (stopping) return;
      logger.warn({ process: name, code, signal }, 'ended, starts again');
      await delay(RESTART_AFTER_MS);
      if (!stopping) child = spawnService(options);
    }
  }

  await ready(child, options);
  const kept = keepAlive();
  return {
    name,
    notReady: () => whyNotReady(ops),
    stop: async () => {
      stopping = true;
      child.kill('SIGTERM');
      await kept;
    },
  };
}

function spawnService({ entry, environment }: ServiceProcessOptions): ChildProcess {
  const path = fileURLToPath(new URL(`../${entry}`, import.meta.url));
  const child = spawn(process.execPath, ['--enable-source-maps', path], {
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'inherit', 'inherit'],
    // Ctrl-C in the terminal is for the cluster, which stops its processes in order.
    detached: true,
  });
  const end = () => child.kill('SIGTERM');
  process.once('exit', end);
  child.once('exit', () => process.off('exit', end));
  return child;
}

async function ready(child: ChildProcess, { name, ops }: ServiceProcessOptions): Promise<void> {
  for (let waited = 0; waited < READY_WITHIN_MS; waited += LOOK_EVERY_MS) {
    if (child.exitCode !== null || child.signalCode !== null) throw new NotStarted(`${name} did not start`);
    if ((await whyNotReady(ops)) === null) return;
    await delay(LOOK_EVERY_MS);
  }
  child.kill('SIGKILL');
  throw new NotStarted(`${name} was not ready within ${READY_WITHIN_MS / 1000} s`);
}

const ended = (child: ChildProcess): Promise<[number | null, NodeJS.Signals | null]> =>
  child.exitCode === null && child.signalCode === null
    ? once(child, 'exit').then(([code, signal]) => [code, signal])
    : Promise.resolve([child.exitCode, child.signalCode]);

export class NotStarted extends Error {
  override readonly name = 'NotStarted';
}
