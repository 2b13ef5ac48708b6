import type { Command } from 'commander';
import type { RecordedEvent } from '../../platform/event-store/event-store.ts';
import { schemaInUse } from '../../read-models/schema-name.ts';
import { positionArgument } from '../arguments.ts';
import { CommandFailed, EXIT } from '../exit-codes.ts';
import type { Output } from '../output.ts';
import { type CommandContext, running } from '../run-command.ts';
import { findEvents } from '../trace/find-events.ts';
import { findPushes, type PushesOf } from '../trace/find-pushes.ts';
import { rowFinder, type TracedRow } from '../trace/find-rows.ts';

/** Events whose rows and pushes are looked up: more than a person reads. */
const LOOKED_UP_LIMIT = 100;

export function trace(program: Command): void {
  program
    .command('trace')
    .description('the whole way of a command: events, rows, pushes')
    .argument('<id>', 'of a command, a correlation, an event, a message or a chat')
    .option('--after <position>', 'where the search of the log begins', positionArgument, -1n)
    .action(running(traceId));
}

async function traceId(
  { output, deployment, signal }: CommandContext,
  id: string,
  { after }: { readonly after: bigint },
): Promise<typeof EXIT.done> {
  const { pool, store: openStore } = await deployment();
  const store = await openStore();
  const progress = output.progress('events', null);
  const onProgress = (read: number) => progress.at(read);
  const { events, isCut } = await findEvents(store, id, { after, signal, onProgress }).finally(() =>
    progress.stop(),
  );
  if (events.length === 0)
    throw new CommandFailed(
      `nothing in the log is of ${id}${after >= 0n ? `, after position ${after}` : ''}`,
    );
  const schema = await schemaInUse(pool);
  const findRows = await rowFinder(pool, schema);
  const traced: TracedEvent[] = [];
  for (const event of events.slice(0, LOOKED_UP_LIMIT)) {
    signal.throwIfAborted();
    const rows = await findRows(event);
    traced.push({ ...event, rows, ...(await findPushes(pool, schema, event)) });
  }
  print(events, traced, output);
  if (isCut || events.length > traced.length)
    output.note(
      `only the rows and pushes of the first ${traced.length} are looked up${isCut ? ', and there are more events' : ''}`,
    );
  output.json({ schema, events: traced });
  return EXIT.done;
}

type TracedEvent = RecordedEvent & PushesOf & { readonly rows: readonly TracedRow[] };

const isFirstOfCommand = (
  { metadata }: RecordedEvent,
  index: number,
  events: readonly RecordedEvent[],
): boolean => events.findIndex((each) => each.metadata.commandId === metadata.commandId) === index;

function print(events: readonly RecordedEvent[], traced: readonly TracedEvent[], output: Output): void {
  output.line('Commands');
  output.table(
    { date: 'Date', actor: 'By', commandId: 'Command', correlationId: 'Correlation', causationId: 'Cause' },
    events.filter(isFirstOfCommand).map(({ event, metadata }) => ({ ...metadata, date: event.data.date })),
  );
  output.line('Events');
  const progresses = new Map(traced.map(({ position, progress }) => [position, progress]));
  output.table(
    {
      position: 'Position',
      date: 'Date',
      type: 'Event',
      stream: 'Stream',
      revision: 'Revision',
      progress: 'Read models',
    },
    events.map(({ position, revision, stream, event }) => ({
      position,
      revision,
      stream,
      type: event.type,
      date: event.data.date,
      progress: progresses.get(position),
    })),
  );
  output.line('Rows, as they are now');
  output.table(
    { position: 'Position', table: 'Table', key: 'Key' },
    traced.flatMap(({ rows }) => rows).map((row) => ({ ...row, key: Object.values(row.key).join(' ') })),
  );
  output.line('Pushes');
  output.table(
    { cursor: 'Cursor', action: 'Frame', to: 'To', in: 'Kept in' },
    traced
      .flatMap(({ pushes }) => pushes)
      .map(({ to, everyoneBut, ...push }) => ({
        ...push,
        to: everyoneBut ? `everyone but ${everyoneBut.join(', ') || 'nobody'}` : to.join(', '),
      })),
    traced.some(({ isTrimmed }) => isTrimmed) ? 'none is kept any more' : 'none',
  );
}
