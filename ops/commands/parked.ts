import type { Command } from 'commander';
import type { EventStore } from '../../platform/event-store/event-store.ts';
import type { Leadership } from '../../projection-service/leadership.ts';
import { borrowLeadership } from '../../projection-service/pausing.ts';
import { retryParked } from '../../projection-service/retry-parked.ts';
import { type ParkedRow, readParked, skipParked } from '../../read-models/progress/parked-events.ts';
import { schemaInUse } from '../../read-models/schema-name.ts';
import { positionArgument, positionArguments } from '../arguments.ts';
import type { Deployment } from '../deployment.ts';
import { CommandFailed, EXIT } from '../exit-codes.ts';
import { type CommandContext, running } from '../run-command.ts';

const COLUMNS = {
  position: 'Position',
  type: 'Event',
  stream: 'Stream',
  reason: 'Reason',
  parked_at: 'Parked',
};

export function parked(program: Command): void {
  const group = program.command('parked').description('events that could not be projected');
  group
    .command('list')
    .description('all of them, in the order of the log')
    .action(
      running(async ({ output, deployment }) => {
        const { rows } = await parkedIn(await deployment());
        output.table({ ...COLUMNS, state: 'State' }, rows.map(withState), 'nothing is parked');
        output.json(rows);
        return EXIT.done;
      }),
    );
  group
    .command('show')
    .description('one of them, as it stands in the log')
    .argument('<position>', 'where it stands', positionArgument)
    .action(
      running(async ({ output, deployment }, position: bigint) => {
        const opened = await deployment();
        const row = chosen((await parkedIn(opened)).rows, [position])[0];
        const event = await (await opened.store()).readAt(position);
        if (!event) throw new CommandFailed(`no event stands at position ${position} any more`);
        const { position: at, stream, revision, id, metadata } = event;
        const { type, data } = event.event;
        const fields = { position: at, stream, revision, id, type, data: JSON.stringify(data), ...metadata };
        const shown = Object.entries({ ...fields, reason: row?.reason, parked: row?.parked_at });
        output.table(
          { name: 'Field', value: 'Value' },
          shown.map(([name, value]) => ({ name, value })),
        );
        output.json({ ...row, event });
        return EXIT.done;
      }),
    );
  group
    .command('retry')
    .description(
      'projects them late, once what was wrong is mended; all that are not skipped without a position',
    )
    .argument('[positions...]', 'where they stand', positionArguments)
    .action(running(retry));
  group
    .command('skip')
    .description(
      'settles that the read models do without it: nobody is warned any more, and no rebuild stops there',
    )
    .argument('<position>', 'where it stands', positionArgument)
    .action(
      running(async ({ output, deployment }, position: bigint) => {
        const { pool } = await deployment();
        if (!(await skipParked(pool, await schemaInUse(pool), position))) throw notParked(position);
        output.line(`the read models do without the event at position ${position}, also those of a rebuild`);
        output.json({ position, skipped: true });
        return EXIT.done;
      }),
    );
}

async function retry(
  { output, deployment, signal }: CommandContext,
  positions: readonly bigint[] = [],
): Promise<typeof EXIT.done | typeof EXIT.found> {
  const opened = await deployment();
  const { schema, rows } = await parkedIn(opened);
  const asked = positions.length > 0 ? chosen(rows, positions) : rows.filter(({ skipped }) => !skipped);
  if (asked.length === 0) {
    output.line('nothing is parked');
    output.json([]);
    return EXIT.done;
  }
  const store = await opened.store();
  const leadership = await borrowLeadership(opened.pool, schema, signal);
  if (!leadership) throw signal.reason;
  const results: { position: bigint; type: string; result: string; projected: boolean }[] = [];
  try {
    for (const { position, type } of asked) {
      signal.throwIfAborted();
      const reason = await retryOne(leadership, store, position);
      const result = reason === null ? 'projected' : `still parked: ${reason}`;
      results.push({ position, type, result, projected: reason === null });
    }
  } finally {
    await leadership.release();
  }
  output.table({ position: 'Position', type: 'Event', result: 'Result' }, results);
  if (results.some(({ projected }) => projected)) {
    output.line(
      'Tabs see it when they load again. It was projected later than it stands in the log: `rally verify` says whether the rows are as the log has them, and `rally rebuild` makes them so.',
    );
  }
  output.json(results);
  return results.every(({ projected }) => projected) ? EXIT.done : EXIT.found;
}

async function retryOne(leadership: Leadership, store: EventStore, position: bigint): Promise<string | null> {
  const event = await store.readAt(position);
  return event ? retryParked(leadership, event) : 'it is not in the log any more';
}

async function parkedIn({ pool }: Deployment): Promise<{ schema: string; rows: readonly ParkedRow[] }> {
  const schema = await schemaInUse(pool);
  return { schema, rows: await readParked(pool, schema) };
}

const chosen = (rows: readonly ParkedRow[], positions: readonly bigint[]): readonly ParkedRow[] =>
  positions.map((position) => {
    const row = rows.find((each) => each.position === position);
    if (!row) throw notParked(position);
    return row;
  });

const notParked = (position: bigint) => new CommandFailed(`no event is parked at position ${position}`);

const withState = (row: ParkedRow) => ({ ...row, state: row.skipped ? 'skipped' : 'waits for an operator' });
