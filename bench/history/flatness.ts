import { spreadOf } from '../measures/spread.ts';
import type { Cleanup } from '../processes/cleanup.ts';
import { CostMeter, type Costs } from './cost-meter.ts';
import { type History, withRally } from './history.ts';
import type { Flatness, HistoryCosts } from './history-result.ts';

/** Of each; odd, so that a median is what was measured. */
const MEASUREMENTS = 3;

/**
 * The same work on two histories. Both Rallies run, warmed up alike, and are measured in turn, first one first and then
 * the other, so that the machine's moods are shared.
 */
export async function measureFlatness(
  few: History,
  many: History,
  measuredMs: number,
  cleanup: Cleanup,
): Promise<Flatness> {
  const costs = await withMeter(few, cleanup, (withFew) =>
    withMeter(many, cleanup, async (withMany) => {
      const measured = { few: [] as Costs[], many: [] as Costs[] };
      const measureFew = async () => void measured.few.push(await withFew.measure(measuredMs));
      const measureMany = async () => void measured.many.push(await withMany.measure(measuredMs));
      await withFew.warmUp();
      await withMany.warmUp();
      for (let number = 0; number < MEASUREMENTS; number += 1) {
        const inTurn = [measureFew, measureMany];
        for (const measure of number % 2 === 0 ? inTurn : inTurn.reverse()) await measure();
      }
      return measured;
    }),
  );
  return {
    messages: [few.messages, many.messages],
    costs: [spreadOfCosts(costs.few), spreadOfCosts(costs.many)],
  };
}

const withMeter = <Result>(
  { directory, crowd, people }: History,
  cleanup: Cleanup,
  work: (meter: CostMeter) => Promise<Result>,
): Promise<Result> =>
  withRally(directory, cleanup, async (rally) => {
    const meter = await CostMeter.connect(rally, crowd, people, cleanup);
    try {
      return await work(meter);
    } finally {
      await meter.leave();
    }
  });

const spreadOfCosts = (measured: readonly Costs[]): HistoryCosts => ({
  sends: spreadOf(measured.map(({ sends }) => sends)),
  connects: spreadOf(measured.map(({ connects }) => connects)),
  pages: spreadOf(measured.map(({ pages }) => pages)),
});
