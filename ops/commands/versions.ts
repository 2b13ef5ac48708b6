import type { Command } from 'commander';
import { SomebodyElse } from '../../projection-service/one-at-a-time.ts';
import {
  rebuildVersion,
  rollBack,
  switchVersion,
  type Version,
  type VersionOptions,
} from '../../projection-service/versions.ts';
import { readVersions } from '../../read-models/schema-name.ts';
import { CommandFailed, EXIT, type ExitCode } from '../exit-codes.ts';
import { type CommandContext, running } from '../run-command.ts';

/** Commands that make read models anew beside those in use, and change over to them. */
export function versions(program: Command): void {
  program
    .command('rebuild')
    .description('make the read models anew from the log while those in use serve, then change over to them')
    .option('--no-switch', 'leave them ready for `rally switch`')
    .option('--anew', 'from the beginning, also where an earlier rebuild was interrupted')
    .action(
      running((context, { switch: isToBeUsed, anew }: { switch: boolean; anew?: boolean }) =>
        work(context, 'Rebuilding', (options) =>
          rebuildVersion({ ...options, leaveReady: !isToBeUsed, anew: anew === true }),
        ),
      ),
    );
  program
    .command('switch')
    .description('change over to the read models that `rally rebuild --no-switch` has left ready')
    .action(running((context) => work(context, 'Catching up', switchVersion)));
  program
    .command('rollback')
    .description('change back to the read models that were in use before')
    .action(running((context) => work(context, 'Catching up', rollBack)));
}

async function work(
  { output, deployment, signal }: CommandContext,
  what: string,
  make: (options: VersionOptions) => Promise<Version>,
): Promise<ExitCode> {
  const opened = await deployment();
  const startedAt = performance.now();
  const progress = output.progress(what, null);
  const made = await make({
    pool: opened.pool,
    store: await opened.store(),
    signal,
    onProgress: ({ events }) => progress.at(events),
  })
    .catch((error) => {
      throw error instanceof SomebodyElse ? new CommandFailed(error.message, EXIT.busy) : error;
    })
    .finally(() => progress.stop());
  const { schema, events, switched } = made;
  const seconds = (performance.now() - startedAt) / 1000;
  const { previous } = await readVersions(opened.pool);
  output.line(`${schema}: ${events.toLocaleString('en')} events in ${seconds.toFixed(1)} s`);
  output.line(
    switched
      ? `in use since position ${switched.position}; rows waited for ${switched.heldMs.toFixed(0)} ms, pages and frames for nothing. Back to ${previous}: rally rollback`
      : 'ready: rally switch',
  );
  output.json({
    schema,
    events,
    seconds,
    in_use: switched !== null,
    position: switched?.position ?? null,
    held_ms: switched?.heldMs ?? null,
    previous,
  });
  return EXIT.done;
}
