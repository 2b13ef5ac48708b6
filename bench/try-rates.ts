import { processorCost, processorTimes, programTimes } from './measures/processor-cost.ts';
import { sustained } from './measures/sustained.ts';
import { QUICK } from './plan.ts';
import { prepare } from './prepare-contestant.ts';
import { Cleanup } from './processes/cleanup.ts';
import { figure } from './report/figures.ts';
import { findField } from './systems/field.ts';

/*
 * A look at one system, for whoever makes it faster:
 *
 *   node dist/bench/try-rates.js rally 500 2000 4000 --cpu-prof --cpu-prof-dir=/tmp/profile
 *
 * Of the processor time it says which program took it. What begins with a dash goes to the system's Node. Others are 'rally distributed', 'limit loop', 'socket.io peer' and,
 * with EVENTSTORE_URL, 'rally on EventStoreDB' and 'limit on EventStoreDB'.
 */

const [name = '', ...rest] = process.argv.slice(2);
const flags = rest.filter((argument) => argument.startsWith('-'));
const rates = rest.filter((argument) => !argument.startsWith('-')).map(Number);
const { present } = findField(process.env.EVENTSTORE_URL);
const entrant = present.find((one) => one.name === name);
const cleanup = new Cleanup();
process.once('SIGINT', () => void cleanup.run().then(() => process.exit(130)));

try {
  if (!entrant) throw new Error(`name one of ${present.map((one) => one.name).join(', ')}, then rates`);
  const { contestant } = await prepare(entrant.start, QUICK.crowd, cleanup, flags);
  const { system, generator } = contestant;
  for (const rate of rates) {
    const before = await processorTimes(system.pid, generator.pid);
    const programsBefore = await programTimes(system.pid);
    const result = await contestant.talk({ rate, warmUpMs: 500, measuredMs: 3000 });
    const cost = processorCost(before, await processorTimes(system.pid, generator.pid), result.sent);
    const parts = Object.entries(cost).map(([part, seconds]) => `${part} ${figure(seconds * 1000)}`);
    for (const [program, seconds] of await programTimes(system.pid)) {
      const spent = ((seconds - (programsBefore.get(program) ?? 0)) / result.sent) * 1_000_000;
      parts.push(`${program} ${figure(spent)}`);
    }
    const { ack, delivery, lateness, lagGrowthMsPerS } = result;
    const of = ({ p50, p99, p999 }: typeof ack) => [p50, p99, p999].map(figure).join(' / ');
    process.stdout.write(
      `${rate}/s ${sustained(result) ? 'sustained' : 'not sustained'}: ack ${of(ack)}, peer ${of(delivery)}, ` +
        `generator late ${of(lateness)} ms, lag grows ${figure(lagGrowthMsPerS)} ms/s; CPU µs: ${parts.join(', ')}\n`,
    );
  }
} finally {
  await cleanup.run();
}
