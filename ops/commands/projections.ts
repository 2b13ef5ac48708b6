import type { Command } from 'commander';
import { pause } from '../../platform/pause.ts';
import { isLed } from '../../projection-service/leadership.ts';
import { pauseProjecting, resumeProjecting } from '../../projection-service/pausing.ts';
import { schemaInUse } from '../../read-models/schema-name.ts';
import { readFilling } from '../../read-models/snapshot.ts';
import { CommandFailed, EXIT } from '../exit-codes.ts';
import { running } from '../run-command.ts';
import { versionsStanding } from './versions-standing.ts';

/** A leader hears of it with its next beat, and writes what it has begun. */
const LETS_GO_WITHIN_MS = 15_000;
const LOOKS_EVERY_MS = 100;

export function projections(program: Command): void {
  const group = program.command('projections').description('what keeps the read models up with the log');
  group
    .command('pause')
    .description('nobody projects until `resume`: pages stay as they are, and tabs are told nothing')
    .action(
      running(async ({ output, deployment, signal }) => {
        const { pool } = await deployment();
        const schema = await schemaInUse(pool);
        const pausedAt = await pauseProjecting(pool, schema);
        const lastLook = performance.now() + LETS_GO_WITHIN_MS;
        while (await isLed(pool, schema)) {
          signal.throwIfAborted();
          if (performance.now() > lastLook)
            throw new CommandFailed(
              'the pause is noted, but the leading projection service has not let go: see its log',
            );
          await pause(LOOKS_EVERY_MS, signal);
        }
        const position = (await readFilling(pool, schema))?.position ?? -1n;
        output.line(
          `paused at position ${position} since ${pausedAt.toISOString()}, resume with: rally projections resume`,
        );
        output.json({ schema, position, paused_at: pausedAt });
        return EXIT.done;
      }),
    );
  group
    .command('resume')
    .description('ends a pause; whatever has come meanwhile is projected, and told, first')
    .action(
      running(async ({ output, deployment }) => {
        const { pool } = await deployment();
        const schema = await schemaInUse(pool);
        const wasPaused = await resumeProjecting(pool, schema);
        output.line(wasPaused ? 'resumed' : 'it was not paused');
        output.json({ schema, was_paused: wasPaused });
        return EXIT.done;
      }),
    );
  versionsStanding(group);
}
