import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Logger } from 'pino';
import { pause } from '../platform/pause.ts';
import type { Service } from '../platform/service/service.ts';
import { within } from '../platform/service/within.ts';
import { type OpsAddress, whyNotReady } from './ops-address.ts';
import { untilReady } from './until-ready.ts';

export interface ServiceProcessOptions {
  /** Among the cluster's processes, such as `gateway-2`. */
  readonly name: string;
  /** Compiled, below the folder of all code: `gateway/main.js`. */
  readonly entry: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly ops: OpsAddress;
  /** The `DRAIN_TIMEOUT_MS` that the environment gives it. */
  readonly drainMs: number;
  readonly logger: Logger;
  /** Hears again and again what the start still waits for. */
  readonly onWaiting: (reason: string) => void;
  /** Ends a start that is still waiting. */
  readonly signal: AbortSignal;
}

/** A process that is starting says so within a second or two; one that says nothing is stuck. */
const SILENT_MS = 30_000;
/** A process keeps its drain timeout by itself; one that does not is stuck. */
const STUCK_AFTER_MS = 500;
/** A process that dies is started again, as any supervisor would; one that dies again at once, later and later. */
const RESTART_AFTER_MS = 500;
const RESTART_AT_THE_LATEST_MS = 10_000;

/**
 * One service in a process of its own, kept alive. Resolves once it is ready, however long that takes; rejects when it
 * ends before that or does not answer, and when `signal` aborts.
 */
export async function startServiceProcess(options: ServiceProcessOptions): Promise<Service> {
  const { name, ops, drainMs, logger, onWaiting, signal } = options;
  let child = spawnService(options);
  const stopping = new AbortController();

  async function keepAlive(): Promise<void> {
    let pauseMs = RESTART_AFTER_MS;
    while (!stopping.signal.aborted) {
      const startedAt = performance.now();
      const [code, signal] = await ended(child);
      if (stopping.signal.aborted) return;
      logger.warn({ process: name, code, signal }, 'ended, starts again');
      const brief = performance.now() - startedAt < RESTART_AT_THE_LATEST_MS;
      pauseMs = brief ? Math.min(2 * pauseMs, RESTART_AT_THE_LATEST_MS) : RESTART_AFTER_MS;
      await pause(pauseMs, stopping.signal);
      if (!stopping.signal.aborted) child = spawnService(options);
    }
  }

  async function end(over: Promise<unknown>): Promise<void> {
    child.kill('SIGTERM');
    if (await within(drainMs + STUCK_AFTER_MS, over)) return;
    logger.warn({ process: name }, 'killed, it did not stop');
    child.kill('SIGKILL');
    await over;
  }

  try {
    await untilReady({
      name,
      whyNotReady: () => whyNotReady(ops),
      hasEnded: () => hasEnded(child),
      onWaiting,
      signal,
      silentMs: SILENT_MS,
    });
  } catch (error) {
    await end(ended(child));
    throw error;
  }
  const kept = keepAlive();
  return {
    name,
    notReady: () => whyNotReady(ops),
    stop: async () => {
      stopping.abort();
      await end(kept);
    },
  };
}

/**
 * There are more processes here than cores. To collect young garbage by several threads then means to wait until all of them have
 * had their turn: latencies of a busy cluster are half as long without.
 */
const SHARING_CORES = ['--no-parallel-scavenge'];

/** With the Node flags of the cluster itself, so that each process can be profiled. */
function spawnService({ entry, environment }: ServiceProcessOptions): ChildProcess {
  const path = fileURLToPath(new URL(`../${entry}`, import.meta.url));
  const child = spawn(process.execPath, [...SHARING_CORES, ...process.execArgv, path], {
    env: { ...process.env, ...environment },
    // The channel carries nothing. It breaks when this process ends, however it ends: then the service drains by itself.
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    // Ctrl-C in the terminal is for the cluster, which stops its processes in order.
    detached: true,
  });
  running.add(child);
  child.once('exit', () => running.delete(child));
  return child;
}

/** However this process ends, none of them is left behind. */
const running = new Set<ChildProcess>();
process.once('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

const hasEnded = (child: ChildProcess): boolean => child.exitCode !== null || child.signalCode !== null;

async function ended(child: ChildProcess): Promise<[number | null, NodeJS.Signals | null]> {
  if (!hasEnded(child)) await once(child, 'exit');
  return [child.exitCode, child.signalCode];
}
