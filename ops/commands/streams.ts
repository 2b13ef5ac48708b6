import type { Command } from 'commander';
import type { StreamName } from '../../platform/event-store/stream-name.ts';
import { countArgument } from '../arguments.ts';
import { CommandFailed, EXIT } from '../exit-codes.ts';
import { running } from '../run-command.ts';

/** Hardly any stream has more: of those that go on for ever only the last events are kept. */
const EVENTS_LIMIT = 10_000;

export function streams(program: Command): void {
  const group = program.command('streams').description('what stands in the log');
  group
    .command('show')
    .description('the events of one stream, such as user-ann')
    .argument('<stream>', 'its name')
    .option('--limit <number>', 'how many at most', countArgument, EVENTS_LIMIT)
    .action(
      running(async ({ output, deployment }, stream: string, { limit }: { readonly limit: number }) => {
        const store = await (await deployment()).store();
        const events = await store.readStream(stream as StreamName, {
          direction: 'forwards',
          limit: limit + 1,
        });
        const isCut = events.length > limit;
        if (isCut) events.pop();
        if (events.length === 0) throw new CommandFailed(`there is no stream ${stream}`);
        const rows = events.map(({ position, revision, event, metadata }) => ({
          position,
          revision,
          type: event.type,
          actor: metadata.actor,
          date: event.data.date,
          data: JSON.stringify(event.data),
        }));
        const columns = {
          position: 'Position',
          revision: 'Revision',
          type: 'Event',
          actor: 'By',
          date: 'Date',
        };
        output.table({ ...columns, data: 'Data' }, rows);
        if (isCut) output.note(`only the first ${limit}: the stream has more, --limit shows them`);
        output.json(events);
        return EXIT.done;
      }),
    );
}
