import { resolve } from 'node:path';
import type { Command } from 'commander';
import { assertUndamaged, columnsIn } from '../backup/copied-rows.ts';
import { inDraft } from '../backup/draft.ts';
import { LOG } from '../backup/kept-schemas.ts';
import { LogHoles } from '../backup/log-holes.ts';
import { type Manifest, readManifest } from '../backup/manifest.ts';
import { takeBackup } from '../backup/take-backup.ts';
import { CommandFailed, EXIT } from '../exit-codes.ts';
import type { Output } from '../output.ts';
import { running } from '../run-command.ts';

export function backup(program: Command): void {
  const group = program
    .command('backup')
    .description('all that cannot be filled again: the log in PostgreSQL, accounts, keys; while Rally runs')
    .argument('<directory>', 'a new one, which is there when the backup is complete')
    .option('--without-log', 'of a Rally whose log is in EventStoreDB: what is in PostgreSQL');
  group.action(
    running(
      async (
        { output, signal, configuration, deployment },
        given: string,
        { withoutLog = false }: Options,
      ) => {
        const isElsewhere = configuration().EVENT_STORE === 'eventstoredb';
        if (isElsewhere && !withoutLog)
          throw new CommandFailed(
            "the log is in EventStoreDB: back it up by the server's own means, then take what is in PostgreSQL by --without-log",
          );
        const { pool } = await deployment();
        const directory = resolve(given);
        const made: Manifest[] = [];
        await inDraft(directory, async (draft) => {
          const progress = (rows: number) => output.progress('Rows', rows);
          made.push(await takeBackup({ pool, directory: draft, withLog: !withoutLog, signal, progress }));
        });
        for (const manifest of made) tell(output, directory, manifest);
        output.note(`${directory} holds what signs people in, and what they wrote: keep it from others`);
        return EXIT.done;
      },
    ),
  );
  group
    .command('verify')
    .description('whether a backup is undamaged, and its log whole')
    .argument('<backup>', 'its directory')
    .action(
      running(async ({ output, signal }, given: string) => {
        const directory = resolve(given);
        const problem = await problemOf(directory, output, signal);
        if (problem instanceof CommandFailed) {
          output.note(problem.message);
          output.json({ directory, sound: false, problem: problem.message });
          return EXIT.found;
        }
        tell(output, directory, problem);
        return EXIT.done;
      }),
    );
}

interface Options {
  readonly withoutLog?: boolean;
}

function tell(output: Output, directory: string, manifest: Manifest): void {
  output.table(
    { name: 'Table', rows: 'Rows', bytes: 'Bytes' },
    manifest.tables.map(({ schema, table, rows, bytes }) => ({ name: `${schema}.${table}`, rows, bytes })),
  );
  const { taken_at, log } = manifest;
  output.line(
    `${directory}, of ${taken_at}${log ? `, the log to position ${log.position}` : ', without the log'}`,
  );
  output.json({ directory, sound: true, ...manifest });
}

/** What is wrong with it, else what it says of itself. */
async function problemOf(
  directory: string,
  output: Output,
  signal: AbortSignal,
): Promise<Manifest | CommandFailed> {
  try {
    const manifest = await readManifest(directory);
    await assertUndamaged(directory, manifest, (bytes) => output.progress('Bytes', bytes), signal);
    await assertWhole(directory, manifest, output, signal);
    return manifest;
  } catch (error) {
    if (error instanceof CommandFailed && !signal.aborted) return error;
    throw error;
  }
}

async function assertWhole(
  directory: string,
  { tables, log }: Manifest,
  output: Output,
  signal: AbortSignal,
): Promise<void> {
  const events = tables.find(({ schema, table }) => schema === LOG && table === 'events');
  if (!events || !log) return;
  const progress = output.progress('Events', events.rows);
  const holes = new LogHoles();
  let seen = 0;
  for await (const [position, stream = '', revision] of columnsIn(directory, events, [
    'position',
    'stream',
    'revision',
  ])) {
    signal.throwIfAborted();
    holes.see({ position: Number(position), stream, revision: Number(revision) });
    seen += 1;
    progress.at(seen);
  }
  progress.stop();
  const missing = holes.unexplained(Number(log.position));
  if (seen !== events.rows || missing > 0)
    throw new CommandFailed(
      `the log in ${directory} lacks ${Math.max(missing, events.rows - seen)} events: use another backup`,
    );
}
