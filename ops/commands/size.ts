import { type Command, InvalidArgumentError, Option } from 'commander';
import { EXIT } from '../exit-codes.ts';
import type { Output } from '../output.ts';
import { running } from '../run-command.ts';
import { type Community, type Sizing, sizeOf } from '../sizing.ts';

interface Asked extends Omit<Community, 'users' | 'visitors'> {
  readonly users?: number;
  readonly visitors?: number;
}

/** Looks at no Rally: it only reckons. */
export function size(program: Command): void {
  program
    .command('size')
    .description('what a community needs, by what one core of each part carries')
    .requiredOption('--online <n>', 'people who are there at once, at the busiest time', positive)
    .requiredOption('--messages-per-day <n>', 'messages that they send in a day', positive)
    .option('--users <n>', 'sign-ups; by default ten times those who are there at once', positive)
    .option(
      '--visitors <n>',
      'people who come within a day; by default three times those who are there at once',
      positive,
    )
    .option('--tabs <n>', 'tabs of one person', positive, 1.5)
    .option('--peak <n>', 'the busiest second against the mean of a day', positive, 4)
    .addOption(
      new Option('--event-store <name>', 'where the log is')
        .choices(['postgres', 'eventstoredb'])
        .default('eventstoredb'),
    )
    .action(
      running(async ({ output }, asked: Asked) => {
        const community = { users: asked.online * 10, visitors: asked.online * 3, ...asked };
        const sizing = sizeOf(community);
        tell(output, sizing);
        output.json({ community, ...sizing });
        return EXIT.done;
      }),
    );
}

function positive(text: string): number {
  const number = Number(text.replaceAll('_', ''));
  if (!(number > 0 && number <= 1e12)) throw new InvalidArgumentError('It must be a number above 0.');
  return number;
}

function tell(output: Output, sizing: Sizing): void {
  const { parts, bottleneck, room } = sizing;
  output.line(
    `${whole(sizing.messagesPerSecond)} messages/s in the busiest second, ${whole(sizing.sockets)} sockets\n`,
  );
  output.table(
    { part: 'Part', instances: 'Instances', busyCores: 'Busy cores', memoryMb: 'MB each', use: 'Used, %' },
    parts.map(({ busyCores, memoryMb, use, ...part }) => ({
      ...part,
      busyCores: busyCores === null ? 'little' : busyCores.toFixed(1),
      memoryMb: memoryMb === null ? null : Math.ceil(memoryMb),
      use: Math.round(use * 100),
    })),
  );
  output.line(`
Disk: ${onDisk(sizing.diskMbPerDay)} a day, ${onDisk(sizing.diskMbAfterYear)} after a year (log and read models)
Connections to PostgreSQL: ${sizing.databaseConnections}
A gateway that is killed costs ${whole(sizing.comeBackCoreS)} s of a core, over all parts, until its tabs are back
${room >= 1 ? `First to become too small: ${bottleneck}, at ${room > 1000 ? 'more than 1,000' : room.toFixed(1)} times this community` : `Too much for one ${bottleneck}: see "Beyond one" in docs/operations/scale.md`}`);
}

const whole = (number: number): string => Math.ceil(number).toLocaleString('en');
const onDisk = (mb: number): string =>
  mb < 1000
    ? `${whole(mb)} MB`
    : mb < 1_000_000
      ? `${(mb / 1000).toFixed(1)} GB`
      : `${(mb / 1_000_000).toFixed(1)} TB`;
