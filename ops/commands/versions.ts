import type { Command } from 'commander';
import type { VersionOptions } from '../../projection-service/catch-up.ts';
import { rebuildRooms } from '../../projection-service/rebuild-rooms.ts';
import { rebuildVersion, rollBack, switchVersion, type Version } from '../../projection-service/versions.ts';
import type { Room } from '../../read-models/room.ts';
import { readVersions } from '../../read-models/schema-name.ts';
import { ROOM_NAMES, roomsNamed } from '../arguments.ts';
import { CommandFailed, EXIT, type ExitCode } from '../exit-codes.ts';
import { type CommandContext, running } from '../run-command.ts';

/** Commands that make read models anew beside those in use, and change over to them. */
export function versions(program: Command): void {
  program
    .command('rebuild')
    .description('make the read models anew from the log while those in use serve, then change over to them')
    .argument('[rooms...]', `these alone, in place: ${ROOM_NAMES.join(', ')}`)
    .option('--no-switch', 'leave them ready for `rally switch`')
    .option('--anew', 'from the beginning, also where an earlier rebuild was interrupted')
    .action(
      running(
        async (
          context,
          names: readonly string[],
          { switch: isToBeUsed, anew }: { switch: boolean; anew?: boolean },
        ) => {
          if (names.length === 0)
            return work(context, 'Rebuilding', (options) =>
              rebuildVersion({ ...options, leaveReady: !isToBeUsed, anew: anew === true }),
            );
          if (!isToBeUsed || anew)
            throw new CommandFailed(
              'rooms alone are always put in place, and from the beginning',
              EXIT.usage,
            );
          return makeRooms(context, roomsNamed(names));
        },
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

async function makeRooms(context: CommandContext, rooms: readonly Room[]): Promise<ExitCode> {
  const { output } = context;
  const { made, seconds } = await timed(context, 'Rebuilding', (options) => rebuildRooms(rooms, options));
  const { schema, events, position, heldMs } = made;
  const names = rooms.map(({ name }) => name);
  output.line(
    `${names.join(', ')} of ${schema}: ${events.toLocaleString('en')} events in ${seconds.toFixed(1)} s`,
  );
  output.line(`in place since position ${position}; rows waited for ${heldMs.toFixed(0)} ms`);
  output.json({ schema, rooms: names, events, seconds, position, held_ms: heldMs });
  return EXIT.done;
}

async function timed<Made>(
  { output, deployment, signal }: CommandContext,
  what: string,
  make: (options: VersionOptions) => Promise<Made>,
): Promise<{ readonly made: Made; readonly seconds: number }> {
  const opened = await deployment();
  const startedAt = performance.now();
  const progress = output.progress(what, null);
  const made = await make({
    pool: opened.pool,
    store: await opened.store(),
    signal,
    onProgress: ({ events }) => progress.at(events),
  }).finally(() => progress.stop());
  return { made, seconds: (performance.now() - startedAt) / 1000 };
}

async function work(
  context: CommandContext,
  what: string,
  make: (options: VersionOptions) => Promise<Version>,
): Promise<ExitCode> {
  const { output, deployment } = context;
  const { made, seconds } = await timed(context, what, make);
  const { schema, events, switched } = made;
  const { previous } = await readVersions((await deployment()).pool);
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
