import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { crowd } from './crowd.ts';
import { Latencies, percentiles } from './latencies.ts';
import { ResumingTab } from './resuming-tab.ts';

/** Each user has one tab: the first of each pair at the first address, the second at the second one. */
export const resumingCrowd = z.object({
  addresses: z.tuple([z.string(), z.string()]),
  pairs: crowd.shape.pairs,
});

export const outlasting = z.object({
  /** Whether the first of each pair lose their connections by themselves; otherwise somebody else sees to it. */
  isCut: z.boolean(),
  /** Of the second of each pair, from before the loss until all are back. */
  messagesPerS: z.number(),
  /** For how long they wait to be back. */
  limitMs: z.number(),
});

export const outlastingResult = z.object({
  /** Tabs that were connected to the first address, and those of them that are connected again. */
  tabs: z.number(),
  back: z.number(),
  /** Those that were given all that they missed, and how many events these were. */
  recovered: z.number(),
  replayed: z.number(),
  tries: z.number(),
  /** From a tab's loss to its welcome. */
  away: percentiles,
  /** From the first loss to the last welcome; null: not all are back. */
  allBackMs: z.number().nullable(),
  /** What was acked has to come to both tabs of its pair once, in order. */
  acked: z.number(),
  missing: z.number(),
  doubled: z.number(),
  disordered: z.number(),
});

export type ResumingCrowd = z.infer<typeof resumingCrowd>;
export type Outlasting = z.infer<typeof outlasting>;
export type OutlastingResult = z.infer<typeof outlastingResult>;

const CONNECTING_AT_ONCE = 64;
const BEFORE_MS = 1000;
const AFTER_MS = 1000;
const SETTLED_WITHIN_MS = 10_000;
const LOOK_EVERY_MS = 20;
const MS_PER_S = 1000;

export interface Pair {
  readonly listener: ResumingTab;
  readonly speaker: ResumingTab;
}

/** Resolves when every tab has been welcomed. */
export async function connectPairs({ addresses, pairs }: ResumingCrowd): Promise<Pair[]> {
  const connected: Pair[] = [];
  let next = 0;
  const open = (user: (typeof pairs)[number]['users'][number], chatId: string, address: string) =>
    new Promise<ResumingTab>((resolve) => {
      const tab: ResumingTab = new ResumingTab(addresses, user, chatId, () => resolve(tab));
      tab.open(address);
    });
  const openInTurn = async () => {
    for (let pair = pairs[next]; pair; pair = pairs[next]) {
      next += 1;
      const { chatId, users } = pair;
      const [listener, speaker] = await Promise.all([
        open(users[0], chatId, addresses[0]),
        open(users[1], chatId, addresses[1]),
      ]);
      connected.push({ listener, speaker });
    }
  };
  await Promise.all(Array.from({ length: CONNECTING_AT_ONCE }, openInTurn));
  return connected;
}

/** Resolves when all listeners were away and are back, and have heard what they have to, or `limitMs` later. */
export async function outlast(
  pairs: readonly Pair[],
  { isCut, messagesPerS, limitMs }: Outlasting,
): Promise<OutlastingResult> {
  const listeners = pairs.map(({ listener }) => listener);
  for (const { listener, speaker } of pairs) {
    listener.countAnew();
    speaker.countAnew();
  }
  const stopTalking = talk(pairs, messagesPerS);
  await sleep(BEFORE_MS);
  if (isCut) for (const tab of listeners) tab.cut();
  const isBack = ({ lostAt, backAt }: ResumingTab) => lostAt !== null && backAt !== null;
  await lookUntil(() => listeners.every(isBack), limitMs);
  await sleep(AFTER_MS);
  stopTalking();
  await lookUntil(() => pairs.every(isSettled), SETTLED_WITHIN_MS);

  const away = new Latencies();
  const back = listeners.filter(isBack);
  for (const { lostAt, backAt } of back) away.add((backAt ?? 0) - (lostAt ?? 0));
  const total = <Of>(all: readonly Of[], of: (each: Of) => number) =>
    all.reduce((sum, each) => sum + of(each), 0);
  const faults = pairs.map(faultsOf);
  return {
    tabs: listeners.length,
    back: back.length,
    recovered: back.filter(({ recovered }) => recovered > 0).length,
    replayed: total(back, ({ replayed }) => replayed),
    tries: total(listeners, ({ tries }) => tries),
    away: away.percentiles(),
    allBackMs:
      back.length < listeners.length
        ? null
        : Math.max(...back.map(({ backAt }) => backAt ?? 0)) -
          Math.min(...back.map(({ lostAt }) => lostAt ?? 0)),
    acked: total(pairs, ({ speaker }) => speaker.acked.length),
    missing: total(faults, ({ missing }) => missing),
    doubled: total(faults, ({ doubled }) => doubled),
    disordered: total(faults, ({ isDisordered }) => Number(isDisordered)),
  };
}

/** One pair after the other, at an even pace. Answers what ends it. */
function talk(pairs: readonly Pair[], messagesPerS: number): () => void {
  const startedAt = performance.now();
  let said = 0;
  const timer = setInterval(() => {
    const due = ((performance.now() - startedAt) / MS_PER_S) * messagesPerS;
    for (; said < due; said += 1) {
      const { speaker } = pairs[said % pairs.length] ?? {};
      speaker?.say(String(speaker.said));
    }
  }, LOOK_EVERY_MS);
  return () => clearInterval(timer);
}

type Heard = Pick<ResumingTab, 'heard' | 'acked' | 'said'>;

/** Nothing is under way. */
const isSettled = ({ listener, speaker }: Pair): boolean =>
  speaker.acked.length === speaker.said &&
  [listener, speaker].every(({ heard }) => heard.length >= speaker.acked.length);

/** Of a pair in which the second one speaks, by what both have heard. */
export function faultsOf({ listener, speaker }: { readonly listener: Heard; readonly speaker: Heard }) {
  const { acked } = speaker;
  const sorted = acked.toSorted((a, b) => Number(a) - Number(b));
  const ofTabs = [listener, speaker].map(({ heard }) => {
    const once = new Set(heard);
    const wanted = [...once].filter((content) => acked.includes(content));
    return {
      missing: acked.length - wanted.length,
      doubled: heard.length - once.size,
      isDisordered: wanted.some((content, index) => content !== sorted.filter((one) => once.has(one))[index]),
    };
  });
  return {
    missing: ofTabs.reduce((sum, { missing }) => sum + missing, 0),
    doubled: ofTabs.reduce((sum, { doubled }) => sum + doubled, 0),
    isDisordered: ofTabs.some(({ isDisordered }) => isDisordered),
  };
}

async function lookUntil(holds: () => boolean, limitMs: number): Promise<void> {
  const until = performance.now() + limitMs;
  while (!holds() && performance.now() < until) await sleep(LOOK_EVERY_MS);
}
