import { Command } from 'commander';
import { readConfiguration } from '../platform/configuration/read-configuration.ts';
import { EventStoreUnavailable } from '../platform/event-store/event-store.ts';
import { createLogger, type Logger } from '../platform/logging/logger.ts';
import { isUnavailable } from '../platform/postgres/is-unavailable.ts';
import { SomebodyElse } from '../projection-service/one-at-a-time.ts';
import { type OpsConfiguration, opsConfiguration } from './configuration.ts';
import { type Deployment, openDeployment } from './deployment.ts';
import { CommandFailed, EXIT, type ExitCode, messageOf } from './exit-codes.ts';
import { createOutput, type Output } from './output.ts';

/** What a command has while it works. */
export interface CommandContext {
  readonly output: Output;
  /** Aborts at the first Ctrl-C or SIGTERM: the command leaves things in order and rejects with the reason. The second one ends it at once. */
  readonly signal: AbortSignal;
  /** Of what its deployment would say, standard error gets the errors. */
  readonly logger: Logger;
  /** Throws `ConfigurationError`. */
  configuration(): OpsConfiguration;
  /** Always the same one, opened when it is first asked for and closed at the end. */
  deployment(): Promise<Deployment>;
}

/** Resolves with how it went. What it rejects with is told in one line. */
type Work<Arguments extends unknown[]> = (context: CommandContext, ...given: Arguments) => Promise<ExitCode>;

/**
 * The action of a command, for `Command.action`: its own arguments and options, after what it works with.
 *
 * @example
 * program.command('lag').action(running(async ({ output, deployment }) => { … }));
 */
export function running<Arguments extends unknown[]>(work: Work<Arguments>) {
  return async (...given: [...Arguments, ...unknown[]]): Promise<void> => {
    const command = given.find((argument) => argument instanceof Command);
    const output = createOutput(command?.optsWithGlobals().json === true);
    const interruption = new AbortController();
    const interrupt = () => {
      if (interruption.signal.aborted) process.exit(EXIT.interrupted);
      interruption.abort(new CommandFailed('interrupted', EXIT.interrupted));
    };
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, interrupt);
    const logger = createLogger({ name: 'rally', level: 'error', to: 'stderr' });
    const configuration = () => readConfiguration(opsConfiguration, process.env);
    let opening: Promise<Deployment> | undefined;
    const deployment = async () => {
      opening ??= openDeployment(configuration(), logger);
      return opening;
    };
    try {
      const own = given.slice(
        0,
        given.findIndex((argument) => argument instanceof Command),
      ) as Arguments;
      process.exitCode = await work(
        { output, signal: interruption.signal, logger, configuration, deployment },
        ...own,
      );
    } catch (error) {
      process.exitCode = exitCodeOf(error);
      output.note(`rally: ${oneLine(error)}`);
    } finally {
      await opening?.then((opened) => opened.close()).catch(() => {});
      for (const signal of ['SIGINT', 'SIGTERM'] as const) process.off(signal, interrupt);
    }
  };
}

function exitCodeOf(error: unknown): ExitCode {
  if (error instanceof SomebodyElse) return EXIT.busy;
  return error instanceof CommandFailed ? error.exitCode : EXIT.failed;
}

function oneLine(error: unknown): string {
  if (isUnavailable(error)) return 'PostgreSQL cannot be reached: `rally doctor` looks why';
  const line = messageOf(error);
  return error instanceof EventStoreUnavailable ? `${line}: \`rally doctor\` looks why` : line;
}
