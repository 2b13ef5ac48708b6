import { spreadOf } from '../measures/spread.ts';
import type { Cleanup } from '../processes/cleanup.ts';
import { CostMeter, type Costs } from './cost-meter.ts';
import { type History, withRally } from './history.ts';
import type { Flatness, HistoryCosts } from './history-result.ts';

const STARTS = 3;

/** Of each. More and shorter ones: a disturbance of the machine then spoils one of many. */
const MEASUREMENTS = 5;
const MEASURED_MS = 1500;

/**
 * The same work on two histories. Both Rallies run, warmed up alike, and are measured in turn, first one first and then
 * the other, so that the machine's moods are shared.
 */
export async function measureFlatness(few: History, many: History, cleanup: Cleanup): Promise<Flatness> {
  const starts = { few: [] as number[], many: [] as number[] };
  for (let number = 0; number < STARTS; number += 1) {
    starts.few.push(await msToStart(few, cleanup));
    starts.many.push(await msToStart(many, cleanup));
  }
  const costs = await withMeter(few, cleanup, (withFew) =>
    withMeter(many, cleanup, async (withMany) => {
      const measured = { few: [] as Costs[], many: [] as Costs[] };
      const measureFew = async () => void measured.few.push(await withFew.measure(MEASURED_MS));
      const measureMany = async () => void measured.many.push(await withMany.measure(MEASURED_MS));
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
    starts: [spreadOf(starts.few), spreadOf(starts.many)],
  };
}

async function msToStart({ directory }: History, cleanup: Cleanup): Promise<number> {
  const startedAt = performance.now();
  return withRally(directory, cleanup, async () => performance.now() - startedAt);
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
