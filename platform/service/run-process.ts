import { setTimeout as delay } from 'node:timers/promises';
import type { Registry } from 'prom-client';
import { type Environment, readConfiguration } from '../configuration/read-configuration.ts';
import { createLogger, type Logger, type LogTarget } from '../logging/logger.ts';
import { createMetrics } from '../metrics/metrics.ts';
import { startOpsServer } from './ops-server.ts';
import { Parts } from './parts.ts';
import { type ProcessDefaults, processConfiguration } from './process-configuration.ts';
import { within } from './within.ts';

export interface ProcessContext {
  readonly environment: Environment;
  /** Where operators find health and metrics: `http://host:port`. */
  readonly opsAddress: string;
  readonly logger: Logger;
  readonly metrics: Registry;
  /** Whatever is started has to be added: that is how it is watched, and stopped in the end. */
  readonly parts: Parts;
  /** Something without which the process is of no use has ended: it logs why, drains and exits with 1. */
  readonly fail: (reason: string) => void;
}

export interface ProcessOptions {
  readonly name: string;
  /** Of `OPS_PORT`, `LOG_LEVEL` and `DRAIN_TIMEOUT_MS`. */
  readonly defaults: ProcessDefaults;
  readonly logTo: LogTarget;
  /** Resolves once the process is ready to work. A rejection ends it: its message is the one line a person sees. */
  readonly start: (context: ProcessContext) => Promise<void>;
}

/** A signal to a whole process group comes again from `make`, which passes it on: that is still one wish to stop. */
const ONE_SIGNAL_MS = 500;

/**
 * Runs a process of Rally from start to exit.
 *
 * SIGTERM or SIGINT: after `DRAIN_DELAY_MS` parts stop in reverse order, then exit 0; 1 when that took longer than
 * `DRAIN_TIMEOUT_MS`, unless it was still starting: then nobody has been promised anything, and it is 0 all the same.
 * Another signal later than `ONE_SIGNAL_MS` ends it at once. A start that fails, or an error that
 * nobody caught: one line, exit 1.
 */
export async function runProcess({ name, defaults, logTo, start }: ProcessOptions): Promise<void> {
  const parts = new Parts();
  let phase: string | null = 'starting';
  let logger: Logger | undefined;
  let drainDelayMs = 0;
  let drainTimeoutMs = 0;
  let started: Promise<void> = Promise.resolve();

  const end = async (code: number) => {
    if (phase === 'stopping') process.exit(1);
    const nothingBegun = phase === 'starting';
    phase = 'stopping';
    parts.refuseMore();
    if (code === 0 && !nothingBegun) await delay(drainDelayMs);
    const drained = started.catch(() => {}).then(() => parts.stop());
    const clean = await within(drainTimeoutMs, drained);
    const running = parts.running.map((part) => part.name);
    if (nothingBegun) logger?.info({ running }, 'ended while starting');
    else if (!clean) logger?.error({ running }, 'cut off what did not stop');
    process.exit(clean || nothingBegun ? code : 1);
  };
  const crash = (error: unknown) => {
    logger?.fatal({ err: error }, 'an error that nobody caught');
    process.exit(1);
  };
  let firstSignalAt = 0;
  const signalled = () => {
    if (phase === 'stopping' && performance.now() - firstSignalAt < ONE_SIGNAL_MS) return;
    firstSignalAt = performance.now();
    end(0).catch(crash);
  };
  process.on('SIGTERM', signalled).on('SIGINT', signalled);
  process.on('unhandledRejection', crash).on('uncaughtException', crash);

  try {
    const configuration = readConfiguration(processConfiguration(defaults), process.env);
    drainDelayMs = configuration.DRAIN_DELAY_MS;
    drainTimeoutMs = configuration.DRAIN_TIMEOUT_MS;
    const log = createLogger({ name, level: configuration.LOG_LEVEL, to: logTo });
    logger = log;
    const metrics = createMetrics();
    const { OPS_HOST: host, OPS_PORT: port } = configuration;
    const ops = { host, port, metrics, phase: () => phase, services: () => parts.running };
    const { address: opsAddress } = await parts.add(startOpsServer(ops));
    const fail = (reason: string) => {
      if (phase === 'stopping') return;
      log.fatal(reason);
      void end(1).catch(crash);
    };
    started = start({ environment: process.env, opsAddress, logger: log, metrics, parts, fail });
    await started;
    phase = phase === 'stopping' ? phase : null;
  } catch (error) {
    if (phase === 'stopping') return;
    logger?.debug({ err: error }, 'start failed');
    process.stderr.write(`${name}: ${oneLine(error)}\n`);
    await end(1);
  }
}

const oneLine = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error)).split('\n', 1)[0] ?? '';
