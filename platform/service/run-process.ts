import { setTimeout as delay } from 'node:timers/promises';
import type { Registry } from 'prom-client';
import type { z } from 'zod';
import { misspeltOptions } from '../configuration/misspelt-options.ts';
import { readConfiguration } from '../configuration/read-configuration.ts';
import { createLogger, type Logger, type LogTarget } from '../logging/logger.ts';
import type { Tracing } from '../tracing/tracing.ts';
import { answerArguments } from './command-line.ts';
import { createMetrics, type ProcessAddress, startOpsServer } from './ops-server.ts';
import type { ProcessConfiguration } from './process-configuration.ts';
import { Parts } from './service.ts';
import { within } from './within.ts';

export interface ProcessContext {
  /** Where operators find health and metrics: `http://host:port`. */
  readonly opsAddress: string;
  readonly logger: Logger;
  readonly metrics: Registry;
  /** null: off, and nothing of it is loaded. */
  readonly tracing: Tracing | null;
  /** Whatever is started has to be added: that is how it is watched, and stopped in the end. */
  readonly parts: Parts;
  /** Tells those who ask this one of a process that it has started. */
  readonly addProcess: (process: ProcessAddress) => void;
  /** Something without which the process is of no use has ended: it logs why, drains and exits with 1. */
  readonly fail: (reason: string) => void;
}

export interface ProcessOptions<Schema extends z.ZodObject> {
  readonly name: string;
  /** What it runs, in one line. */
  readonly purpose: string;
  /** All options of the process, those of `processConfiguration` among them. */
  readonly configuration: Schema;
  readonly logTo: LogTarget;
  /**
   * Resolves once the process is ready to work. A rejection ends it: its message is the one line a person sees. What it
   * stands on is imported inside: that takes longer than all before it, and signals are heard meanwhile.
   */
  readonly start: (configuration: Readonly<z.output<Schema>>, context: ProcessContext) => Promise<void>;
}

/**
 * Asked to end: by a supervisor, by Ctrl-C, by a terminal that is closed, by Ctrl-\. Whoever was started with a channel
 * to its parent is asked as well when the channel breaks: the parent has gone, however it went.
 */
const END_SIGNALS = ['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGQUIT'] as const;

/** A signal to a whole process group comes again from `make`, which passes it on: that is still one wish to stop. */
const ONE_SIGNAL_MS = 500;

/**
 * Runs a process of Rally from start to exit.
 *
 * Asked to end (`END_SIGNALS`): after `DRAIN_DELAY_MS` parts stop in reverse order, then exit 0; 1 when that took longer than
 * `DRAIN_TIMEOUT_MS`, unless it was still starting: then nobody has been promised anything, and it is 0 all the same.
 * Another signal later than `ONE_SIGNAL_MS` ends it at once. A start that fails, or an error that
 * nobody caught: one line, exit 1.
 */
export async function runProcess<Schema extends z.ZodObject & z.ZodType<ProcessConfiguration>>(
  options: ProcessOptions<Schema>,
): Promise<void> {
  const { name, configuration: schema, logTo, start } = options;
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
  for (const signal of END_SIGNALS) process.on(signal, signalled);
  process.on('disconnect', signalled);
  process.on('unhandledRejection', crash).on('uncaughtException', crash);
  // Nobody reads it any more: the terminal or the pipe has gone. That is for a signal to say, not for a lost line.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});

  try {
    const answer = answerArguments({ ...options, options: schema.shape }, process.argv);
    if (answer !== null) {
      process.stdout.write(answer);
      return;
    }
    prepareEnvironment(name, Object.keys(schema.shape));
    const configuration = readConfiguration(schema, process.env);
    drainDelayMs = configuration.DRAIN_DELAY_MS;
    drainTimeoutMs = configuration.DRAIN_TIMEOUT_MS;
    const log = createLogger({ name, level: configuration.LOG_LEVEL, to: logTo });
    logger = log;
    const metrics = createMetrics();
    const { OPS_HOST: host, OPS_PORT: port } = configuration;
    const processes: ProcessAddress[] = [];
    const ops = {
      name,
      host,
      port,
      metrics,
      phase: () => phase,
      services: () => parts.running,
      processes: () => processes,
    };
    const { address: opsAddress } = await parts.add(startOpsServer(ops));
    const fail = (reason: string) => {
      if (phase === 'stopping') return;
      log.fatal(reason);
      void end(1).catch(crash);
    };
    const tracing = await openTracingIfAsked(name, configuration, log, parts);
    const addProcess = (started: ProcessAddress) => void processes.push(started);
    started = start(configuration, {
      opsAddress,
      logger: log,
      metrics,
      tracing,
      parts,
      addProcess,
      fail,
    });
    await started;
    phase = phase === 'stopping' ? phase : null;
  } catch (error) {
    if (phase === 'stopping') return;
    logger?.debug({ err: error }, 'start failed');
    process.stderr.write(`${name}: ${oneLine(error)}\n`);
    await end(1);
  }
}

/** The first part of all, so that it is the last to stop: the others' spans go with it. */
async function openTracingIfAsked(
  name: string,
  { TRACING_URL: url, TRACING_RATIO: ratio }: ProcessConfiguration,
  logger: Logger,
  parts: Parts,
): Promise<Tracing | null> {
  if (url === undefined) return null;
  const { openTracing } = await import('../tracing/open-tracing.ts');
  return parts.add(Promise.resolve(openTracing({ url, ratio, name, logger })));
}

/** What a shell holds for others, or got wrong, is told of or dropped here, once: processes started later inherit the rest. */
function prepareEnvironment(name: string, known: readonly string[]): void {
  dropLibraryVariables(process.env);
  for (const { written, meant } of misspeltOptions(known, process.env)) {
    process.stderr.write(`${name}: ${written} is not an option, ${meant} is\n`);
    delete process.env[written];
  }
  // Files are made with the modes that they are given, whatever the shell takes away or leaves.
  process.umask(0o022);
}

const oneLine = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error)).split('\n', 1)[0] ?? '';

/**
 * Variables that libraries look up by themselves, and that a shell holds for other programs. None of them may decide
 * which server Rally talks to, by what driver, or what it prints: `PG…` and the native driver of `pg`, the proxies of
 * gRPC (an event store is reached directly), and `DEBUG`, for which the event store's client prints what it sends.
 *
 * Node's own variables stay: `NODE_OPTIONS`, `NODE_EXTRA_CA_CERTS` and their like are set for the process as a whole.
 */
const OF_LIBRARIES = /^(PG[A-Z_]+|NODE_PG_FORCE_NATIVE|(grpc|https?)_proxy|DEBUG)$/;

/** Some are read when a library is loaded: to be called before that. Processes that are started later get none of them either. */
function dropLibraryVariables(environment: NodeJS.ProcessEnv): void {
  for (const name of Object.keys(environment)) if (OF_LIBRARIES.test(name)) delete environment[name];
}
