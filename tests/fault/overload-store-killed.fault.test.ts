import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it, onTestFinished } from 'vitest';
import { BACK_WITHIN_S, inPercent, Load } from '../overload/load.ts';
import { capacityOf, inTime, late, openSlowableEventStoreDb } from '../overload/slow-stores.ts';
import { openTabsOn } from '../overload/tabs-on-store.ts';
import { loggedMessages } from '../support/logged-messages.ts';

/** As long as the other story of overload takes, which runs beside it. */
const TALKING_S = 26;
const WELL_MS = 4000;
const DOWN_MS = 4000;

// A file of its own, and so a process: in one process, EventStoreDB's client takes the answers of all stores for those of
// the one that was killed.
describe('a store that is killed and started again under load', () => {
  it('EventStoreDB: commands and subscriptions are back soon after, and nothing acked is lost', async () => {
    const { store, double, setDelay } = await openSlowableEventStoreDb(onTestFinished);
    const { tabs, stop } = await openTabsOn(store);
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
    const talking = load.talk(TALKING_S, 2 * capacity);
    await delay(WELL_MS);
    double.kill();
    await delay(DOWN_MS);
    await double.start();
    const restarted = load.now;
    await talking;
    const back = load.goodput(restarted + BACK_WITHIN_S, load.now) / capacity;
    process.stdout.write(
      `EventStoreDB killed and started: back at ${inPercent(back)} of ${capacity} a second\n`,
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
