import { resolve } from 'node:path';
import type { Command } from 'commander';
import { Parts } from '../../platform/service/service.ts';
import { dataDirectoryOf } from '../../standalone/configuration.ts';
import { openDatabase } from '../../standalone/database.ts';
import { assertUndamaged } from '../backup/copied-rows.ts';
import { inDraft } from '../backup/draft.ts';
import { readManifest } from '../backup/manifest.ts';
import { restoreBackup } from '../backup/restore-backup.ts';
import { CommandFailed, EXIT } from '../exit-codes.ts';
import { running } from '../run-command.ts';

export function restore(program: Command): void {
  program
    .command('restore')
    .description(
      'a backup into a new DATA_DIR, or into the empty database at DATABASE_URL; no Rally runs there',
    )
    .argument('<backup>', 'its directory')
    .action(
      running(async ({ output, signal, logger, configuration }, given: string) => {
        const configured = configuration();
        const { DATABASE_URL, EVENT_STORE } = configured;
        const directory = resolve(given);
        const manifest = await readManifest(directory);
        if ((manifest.log !== null) !== (EVENT_STORE === 'postgres'))
          throw new CommandFailed(
            manifest.log
              ? 'the backup holds a log for PostgreSQL: restore it without EVENT_STORE=eventstoredb'
              : 'the backup is without the log, which is in EventStoreDB: restore it with EVENT_STORE=eventstoredb',
          );
        await assertUndamaged(directory, manifest, (bytes) => output.progress('Checking', bytes), signal);
        const into = (url: string) => {
          const progress = (rows: number) => output.progress('Rows', rows);
          return restoreBackup({ directory, manifest, url, logger, signal, progress });
        };
        const place = DATABASE_URL ? new URL(DATABASE_URL).host : resolve(dataDirectoryOf(configured));
        if (DATABASE_URL) await into(DATABASE_URL);
        else await inDraft(place, (draft) => inNewCluster(draft, into));
        const rows = manifest.tables.reduce((sum, table) => sum + table.rows, 0);
        output.line(`Restored into ${place}, as of ${manifest.taken_at}: ${rows.toLocaleString('en')} rows.`);
        output.line('Start Rally there: it fills its read models first. Every tab loads its pages again.');
        output.json({ place, rows, taken_at: manifest.taken_at, log: manifest.log });
        return EXIT.done;
      }),
    );
}

/** A PostgreSQL of its own in this directory, for as long as it is filled. */
async function inNewCluster(DATA_DIR: string, into: (url: string) => Promise<void>): Promise<void> {
  const parts = new Parts();
  try {
    const nothing = { DATABASE_URL: undefined, JWT_SECRET: undefined };
    const { url } = await openDatabase({ DATA_DIR, ...nothing }, { parts, fail: () => {} });
    await into(url);
  } finally {
    await parts.stop();
  }
}
