import { type Command, InvalidArgumentError } from 'commander';
import {
  LAG_LIMIT,
  lagAfter,
  type VersionStanding,
  versionStandings,
} from '../../projection-service/version-standing.ts';
import { schemaInUse } from '../../read-models/schema-name.ts';
import { readFilling } from '../../read-models/snapshot.ts';
import { CommandFailed, EXIT } from '../exit-codes.ts';
import { running } from '../run-command.ts';

const clock = () => new Date();
const seconds = (value: number): number => Math.round(value * 10) / 10;
const BYTES_PER_MB = 1e6;

/** `projections list` and `projections lag`. */
export function versionsStanding(group: Command): void {
  group
    .command('list')
    .description('all versions of the read models: in use, previous, next')
    .action(
      running(async ({ output, deployment, signal }) => {
        const opened = await deployment();
        const standings = await versionStandings({ ...opened, store: await opened.store(), clock, signal });
        output.table(
          {
            schema: 'Schema',
            state: 'State',
            filled: 'Filled',
            position: 'Position',
            lag: 'Events behind',
            seconds: 'Seconds',
            parked: 'Parked',
            megabytes: 'MB',
          },
          standings.map(({ bytes, lagSeconds, filled, ...standing }) => ({
            ...standing,
            state: inWords(standing),
            filled: filled ? 'yes' : 'no',
            seconds: seconds(lagSeconds),
            megabytes: Math.round(Number(bytes) / BYTES_PER_MB),
          })),
        );
        output.json(standings.map(({ lagSeconds, ...standing }) => ({ ...standing, seconds: lagSeconds })));
        return EXIT.done;
      }),
    );
  group
    .command('lag')
    .description('how far the read models in use are behind the log')
    .option('--limit <events>', 'exit code 3 where it is more', wholeNumber, 1000)
    .action(
      running(async ({ output, deployment, signal }, { limit }: { limit: number }) => {
        const opened = await deployment();
        const schema = await schemaInUse(opened.pool);
        const filling = await readFilling(opened.pool, schema);
        if (!filling)
          throw new CommandFailed(
            'there are no read models yet: start the projection service, which makes them',
          );
        const store = await opened.store();
        const { lag, lagSeconds } = await lagAfter(filling.position, { store, clock, signal });
        const events =
          lag >= LAG_LIMIT
            ? `${LAG_LIMIT.toLocaleString('en')} events or more`
            : `${lag.toLocaleString('en')} events`;
        output.line(`${schema}: ${events} behind the log, ${seconds(lagSeconds)} s`);
        output.json({ schema, position: filling.position, lag, seconds: lagSeconds, limit });
        return lag > limit ? EXIT.found : EXIT.done;
      }),
    );
}

function inWords({ state, paused, led }: Pick<VersionStanding, 'state' | 'paused' | 'led'>): string {
  if (paused) return `${state}, paused`;
  return state === 'in use' && !led ? `${state}, nobody leads` : state;
}

function wholeNumber(text: string): number {
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('a number of events.');
}
