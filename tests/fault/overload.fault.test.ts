import { writeFile } from 'node:fs/promises';
import { afterAll, describe, it } from 'vitest';
import { goodputChart, type OverloadStory } from '../overload/goodput-chart.ts';
import { BACK_WITHIN_S, inPercent, Load } from '../overload/load.ts';
import {
  capacityOf,
  inTime,
  late,
  openSlowableEventStoreDb,
  openSlowablePostgres,
} from '../overload/slow-stores.ts';
import { openTabsOn } from '../overload/tabs-on-store.ts';

/** First, and again after the overload: half of what the store can do. */
const CALM_S = 5;
const OVERLOADED_S = 15;
const DROPPED_S = 10;
const WELL_S = 3;

/** `OVERLOAD_CHART=docs/operations/overload.svg npx vitest run tests/fault/overload.fault.test.ts` draws what happened. */
const CHART = process.env.OVERLOAD_CHART;
const stories: OverloadStory[] = [];
afterAll(async () => {
  if (CHART !== undefined) await writeFile(CHART, await goodputChart(stories));
});

// Side by side, since both wait for their slow stores nearly all the time.
describe.concurrent('twice what a slow store can do, from clients that back off and from as many that do not', () => {
  it.for([
    ['PostgreSQL log', openSlowablePostgres],
    ['EventStoreDB', openSlowableEventStoreDb],
  ] as const)(
    '%s: it goes on at its pace, and is back soon after',
    async ([name, open], { expect, onTestFinished }) => {
      const { store, setDelay } = await open(onTestFinished);
      const { tabs, stop } = await openTabsOn(store);
      onTestFinished(stop);
      setDelay(late);
      const capacity = await capacityOf(store, 5);

      const load = new Load(tabs);
      await load.talk(CALM_S, capacity / 2);
      const doubled = load.now;
      await load.talk(OVERLOADED_S, 2 * capacity);
      const dropped = load.now;
      await load.talk(DROPPED_S, capacity / 2);
      const well = load.now;
      setDelay(inTime);
      await load.talk(WELL_S, capacity / 2);
      const end = load.now;

      stories.push({
        store: name,
        capacity,
        seconds: load.seconds(),
        changes: [
          { second: doubled, what: 'twice what it can do' },
          { second: dropped, what: 'half of it' },
          { second: well, what: 'fast again' },
        ],
      });
      const overloaded = load.goodput(doubled + 2, dropped) / capacity;
      const after = load.goodput(dropped + BACK_WITHIN_S, well) / (capacity / 2);
      const atLast = load.ackedAtFirst(well + 1, end - 1);
      process.stdout.write(
        `${name}: ${capacity} a second; at twice that ${inPercent(overloaded)} of it, at half of it ${inPercent(after)} of ` +
          `what is asked; fast again, ${inPercent(atLast)} acked at the first try\n`,
      );
      expect(overloaded).toBeGreaterThan(0.7);
      expect(after).toBeGreaterThan(0.9);
      expect(atLast).toBeGreaterThan(0.9);
    },
  );
});
