import type { Command } from 'commander';
import { schemaInUse } from '../../read-models/schema-name.ts';
import { countArgument, ROOM_NAMES, roomsNamed } from '../arguments.ts';
import { EXIT } from '../exit-codes.ts';
import type { Output } from '../output.ts';
import { type CommandContext, running } from '../run-command.ts';
import type { ExplainedDifference } from '../verify/explain-rows.ts';
import { type Verification, verifyReadModels } from '../verify/verify-read-models.ts';

export function verify(program: Command): void {
  program
    .command('verify')
    .description('whether the read models are what the log makes of them, row by row where they are not')
    .argument('[rooms...]', `these alone: ${ROOM_NAMES.join(', ')}`)
    .option('--rows <number>', 'how many differing rows are shown', countArgument, 10)
    .action(running(verifyRooms));
}

async function verifyRooms(
  { output, deployment, signal }: CommandContext,
  names: readonly string[],
  { rows }: { readonly rows: number },
): Promise<typeof EXIT.done | typeof EXIT.found> {
  const rooms = roomsNamed(names.length > 0 ? names : ROOM_NAMES);
  const opened = await deployment();
  const { pool } = opened;
  const progress = output.progress('events', null);
  try {
    const verification = await verifyReadModels({
      store: await opened.store(),
      pool,
      schema: await schemaInUse(pool),
      rooms,
      rows,
      signal,
      onProgress: (events, total) => progress.at(events, total),
    });
    progress.stop();
    print(verification, output);
    return verification.tables.every(({ isEqual }) => isEqual) ? EXIT.done : EXIT.found;
  } finally {
    progress.stop();
  }
}

function print({ position, events, tables, parked, differences }: Verification, output: Output): void {
  output.table(
    { table: 'Table', rows: 'Rows', result: 'Result', ms: 'ms' },
    tables.map((each) => ({ ...each, result: each.isEqual ? 'equal' : 'DIFFERS' })),
  );
  output.line(`compared at position ${position}`);
  if (parked.length > 0)
    output.line(
      `${parked.length} parked events are left out on both sides (rally parked list): ${parked.map((each) => each.position).join(', ')}`,
    );
  if (differences.length > 0) {
    output.table(
      { table: 'Table', key: 'Key', column: 'Column', live: 'Live', log: 'From the log', event: 'Event' },
      differences.flatMap(rowsOf),
    );
    output.line('`rally rebuild` makes them as the log has them.');
  }
  output.json({ position, events, tables, parked, differences });
}

const rowsOf = ({ table, key, is, columns, event }: ExplainedDifference) =>
  columns.map(({ column, live, log }) => ({
    table,
    key: Object.values(key).join(' '),
    column,
    live: live === null ? '–' : JSON.stringify(live),
    log: log === null ? '–' : JSON.stringify(log),
    event: event
      ? `${is === 'only live' ? 'removed by ' : ''}${event.event.type} at ${event.position} in ${event.stream}`
      : 'no event makes this row',
  }));
