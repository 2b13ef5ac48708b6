import { z } from 'zod';
import { type SteadyLoad, steadyLoadResult } from '../load-generator/steady-load.ts';
import type { Contestant } from './contestant.ts';
import { processorCost, processorPart, processorTimes } from './processor-cost.ts';
import { LOWEST_STEP, rateAt } from './rate-grid.ts';
import { searchHighest } from './search-highest.ts';
import { sustained } from './sustained.ts';

/** What all systems are compared at, far below what any of them can carry. */
export const REFERENCE_RATE = 500;

const costed = z.object({
  load: steadyLoadResult,
  /** Processor seconds per 1,000 messages. */
  processorPer1000: z.record(processorPart, z.number()),
});

export const round = z.object({
  /** Step on the grid of rates, and the rate there; the lowest when not even that was sustained. */
  highestStep: z.number(),
  highestRate: z.number(),
  tried: z.array(steadyLoadResult),
  atReference: costed,
  atHalf: costed,
});

/** One system's turn. */
export type Round = z.infer<typeof round>;

/** In half a second, latencies that go up and down look like growing ones. */
const AGAIN_MS = 1000;

type Timing = Omit<SteadyLoad, 'rate'>;

export interface RoundPlan {
  readonly search: Timing;
  /** Longest, because few messages are sent. */
  readonly atReference: Timing;
  readonly atHalf: Timing;
}

export async function playRound(contestant: Contestant, plan: RoundPlan, from: number): Promise<Round> {
  const { highestStep, highestRate, tried } = await findHighest(contestant, plan.search, from);
  return {
    highestStep,
    highestRate,
    tried,
    atReference: await talkWithCost(contestant, { ...plan.atReference, rate: REFERENCE_RATE }),
    atHalf: await talkWithCost(contestant, { ...plan.atHalf, rate: Math.round(highestRate / 2) }),
  };
}

/** Looks for the highest step from the one on where it probably is. */
export async function findHighest(
  contestant: Contestant,
  timing: Timing,
  from: number,
): Promise<Pick<Round, 'highestStep' | 'highestRate' | 'tried'>> {
  const tried: Round['tried'] = [];
  const tryFor = async (measuredMs: number, step: number) => {
    const result = await contestant.talk({ ...timing, measuredMs, rate: rateAt(step) });
    tried.push(result);
    return sustained(result);
  };
  // Once more, and longer, because one stall of the machine in a second would cost a system several steps.
  const holds = async (step: number) =>
    (await tryFor(timing.measuredMs, step)) || (await tryFor(Math.max(timing.measuredMs, AGAIN_MS), step));
  const search = { from, stride: 1, tolerance: 0, lowest: LOWEST_STEP };
  const highestStep = (await searchHighest(search, holds)) ?? LOWEST_STEP;
  return { highestStep, highestRate: rateAt(highestStep), tried };
}

export async function talkWithCost(
  contestant: Contestant,
  load: SteadyLoad,
): Promise<z.infer<typeof costed>> {
  const times = () => processorTimes(contestant.system.pid, contestant.generator.pid);
  const before = await times();
  const result = await contestant.talk(load);
  return { load: result, processorPer1000: processorCost(before, await times(), result.sent) };
}
