import type { Percentiles } from '../load-generator/latencies.ts';
import { LoadGenerator } from '../load-generator/load-generator.ts';
import type { Prepared } from '../prepare-contestant.ts';
import type { Cleanup } from '../processes/cleanup.ts';
import { Contestant } from './contestant.ts';
import { REFERENCE_RATE } from './round.ts';

const FIRST = { rate: REFERENCE_RATE, warmUpMs: 0, measuredMs: 10_000 };

/**
 * From send to peer in the first ten seconds of a fresh process, whose code is compiled while it works. The system must have been stopped
 * before; it is again afterwards. Rejects as `Contestant.talk` does.
 */
export async function firstSeconds(
  { crowd, restart }: Pick<Prepared, 'crowd' | 'restart'>,
  cleanup: Cleanup,
): Promise<Percentiles> {
  const system = await restart([]);
  const generator = new LoadGenerator(cleanup);
  await generator.connect(system, crowd);
  const { delivery } = await new Contestant(system, generator).talk(FIRST);
  await generator.stop();
  await system.stop();
  return delivery;
}
