import { writeFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, describe, expect, it, onTestFinished } from 'vitest';
import { goodputChart, type OverloadStory } from '../overload/goodput-chart.ts';
import { Load } from '../overload/load.ts';
import { capacityOf, openSlowableEventStoreDb, openSlowablePostgres } from '../overload/slow-stores.ts';
import { openTabsOn } from '../overload/tabs-on-store.ts';
import { loggedMessages } from '../support/logged-messages.ts';

const TABS = 100;
/** How late each answer of a slow store is. */
const late = () => 50 + 450 * Math.random();
const inTime = () => 0;

/** First, and again after the overload: half of what the store can do. */
const CALM_S = 5;
const OVERLOADED_S = 15;
const DROPPED_S = 10;
const WELL_S = 3;
/** After the load has dropped, or the store is there again, this is how long it may take until all is well. */
const BACK_WITHIN_S = 5;

/** `OVERLOAD_CHART=docs/operations/overload.svg npx vitest run tests/fault/overload.fault.test.ts` draws what happened. */
const CHART = process.env.OVERLOAD_CHART;
const stories: OverloadStory[] = [];
afterAll(async () => {
  if (CHART !== undefined) await writeFile(CHART, await goodputChart(stories));
});

describe('twice what a slow store can do, from clients that back off and from as many that do not', () => {
  it.each([
    ['PostgreSQL log', openSlowablePostgres],
    ['EventStoreDB', openSlowableEventStoreDb],
  ])('%s: it goes on at its pace, and is back soon after', async (name, open) => {
    const { store, setDelay } = await open();
    const { tabs, stop } = await openTabsOn(store, TABS);
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
      `${name}: ${capacity} a second; at twice that ${percent(overloaded)} of it, at half of it ${percent(after)} of ` +
        `what is asked; fast again, ${percent(atLast)} acked at the first try\n`,
    );
    expect(overloaded).toBeGreaterThan(0.7);
    expect(after).toBeGreaterThan(0.9);
    expect(atLast).toBeGreaterThan(0.9);
  });
});

describe('a store that is killed and started again under load', () => {
  it('EventStoreDB: commands and subscriptions are back soon after, and nothing acked is lost', async () => {
    const { store, double, setDelay } = await openSlowableEventStoreDb();
    const { tabs, stop } = await openTabsOn(store, TABS);
    onTestFinished(stop);
    setDelay(late);
    const capacity = await capacityOf(store, 5);
    const seen = new Set<string>();
    const watching = new AbortController();
    onTestFinished(() => watching.abort());
    const watched = (async () => {
      const { signal } = watching;
      for await (const { events } of store.subscribe({
        after: -1n,
        prefixes: ['message-'],
        batchSize: 500,
        signal,
      }))
        for (const { event } of events) if (event.type === 'MessageSent') seen.add(event.data.messageId);
    })();

    const load = new Load(tabs);
    const talking = load.talk(20, 2 * capacity);
    await delay(4000);
    double.kill();
    await delay(4000);
    await double.start();
    const restarted = load.now;
    await talking;
    const back = load.goodput(restarted + BACK_WITHIN_S, load.now) / capacity;
    process.stdout.write(
      `EventStoreDB killed and started: back at ${percent(back)} of ${capacity} a second\n`,
    );
    expect(back).toBeGreaterThan(0.7);

    setDelay(inTime);
    await load.settled();
    const logged = new Set((await loggedMessages(store)).map(({ id }) => id));
    expect(load.acked().filter((id) => !logged.has(id))).toEqual([]);
    await expect.poll(() => load.acked().filter((id) => !seen.has(id))).toEqual([]);
    watching.abort();
    await watched;
  });
});

const percent = (part: number): string => `${Math.round(100 * part)} %`;
