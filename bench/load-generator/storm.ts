import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { crowdUser } from './crowd.ts';
import { Latencies, percentiles } from './latencies.ts';
import { StormTab } from './storm-tab.ts';

/** Many tabs, each of another user, that connect within a short time and hear who else does. */
export const stormLoad = z.object({
  address: z.string(),
  /** Their names are `storm.0`, `storm.1`, … */
  users: z.array(crowdUser),
  /** They begin to connect evenly spread over so long. */
  withinMs: z.number(),
  /** Of how many others each says that it watches them, once it has been welcomed; null: nothing, so that it hears of everybody. */
  watched: z.number().nullable(),
  /** How long it is listened for what is still to be heard, at most. */
  listenMs: z.number(),
});

export const stormResult = z.object({
  welcomed: z.number(),
  /** Before they were asked to, and the first few reasons for it. */
  closed: z.number(),
  reasons: z.array(z.string()),
  /** From when a tab was due to connect to its welcome. */
  welcome: percentiles,
  /** How often a tab had to say again whom it watches. */
  retries: z.number(),
  /** Frames about presence, of all tabs, and what they take up with their heads. */
  frames: z.number(),
  bytes: z.number(),
  /** That any tab got within one second. */
  mostPerTabAndS: z.number(),
  /** How long it took until each tab had heard of all that it has to: those it watches, or all who began to connect after its welcome; null: not all of it has come. */
  heardAllMs: z.number().nullable(),
  /** What any tab has not heard, or wrongly: of so many. */
  missing: z.number(),
  awaited: z.number(),
});

export type StormLoad = z.infer<typeof stormLoad>;
export type StormResult = z.infer<typeof stormResult>;

const LOOK_EVERY_MS = 250;
const REASONS_KEPT = 3;

/** Resolves when all has been heard, or `listenMs` after the last tab has begun to connect; the tabs are closed then. */
export async function runStorm({
  address,
  users,
  withinMs,
  watched,
  listenMs,
}: StormLoad): Promise<StormResult> {
  const startedAt = performance.now();
  const welcome = new Latencies();
  const reasons: string[] = [];
  let [closed, closing] = [0, false];
  const onClosed = (reason: string) => {
    if (closing) return;
    closed += 1;
    if (reasons.length < REASONS_KEPT) reasons.push(reason);
  };
  const tabs = users.map(
    (user, number) => new StormTab(address, user, users.length, othersOf(number, users.length, watched)),
  );
  const connecting = tabs.map(async (tab, number) => {
    const dueAt = startedAt + (number * withinMs) / tabs.length;
    await sleep(dueAt - performance.now());
    await tab.connect(onClosed);
    const at = performance.now();
    welcome.add(at - dueAt);
    if (watched === null) tab.awaitFrom(Math.ceil(((at - startedAt) * tabs.length) / withinMs));
  });
  await Promise.allSettled(connecting);

  const total = (of: (tab: StormTab) => number) => tabs.reduce((sum, tab) => sum + of(tab), 0);
  const missing = () => total((tab) => tab.missing);
  const until = performance.now() + listenMs;
  while (missing() > 0 && performance.now() < until) await sleep(LOOK_EVERY_MS);
  const heardAllMs = missing() > 0 ? null : performance.now() - startedAt;
  closing = true;
  for (const tab of tabs) tab.close();
  return {
    welcomed: total((tab) => Number(tab.isWelcome)),
    closed,
    reasons,
    welcome: welcome.percentiles(),
    retries: total((tab) => tab.retries),
    frames: total((tab) => tab.frames),
    bytes: total((tab) => tab.bytes),
    mostPerTabAndS: Math.max(...tabs.map((tab) => tab.mostPerS)),
    heardAllMs,
    missing: missing(),
    awaited: total((tab) => tab.awaited),
  };
}

/** Whom the tab of this number watches: spread over all, so that everybody is watched by as many; null: everybody. */
function othersOf(number: number, tabs: number, watched: number | null): readonly number[] | null {
  if (watched === null) return null;
  const step = Math.floor(tabs / (watched + 1));
  return Array.from({ length: watched }, (_, index) => (number + (index + 1) * step) % tabs);
}
