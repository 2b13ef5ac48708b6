import type { Contestant } from './contestant.ts';
import { LOWEST_STEP, rateAt } from './rate-grid.ts';
import { searchHighest } from './search-highest.ts';
import { seemsSustained } from './sustained.ts';

/** About 3,500 a second, and half as much again as each leap. */
const SEARCH = { from: 40, stride: 8, tolerance: 3, lowest: LOWEST_STEP };
const GLANCE = { warmUpMs: 100, measuredMs: 300 };
/** Most of a system's code is compiled by then. */
const WARM_UP = { rate: 2000, warmUpMs: 0, measuredMs: 4000 };

/** A step near the highest that holds, found by glances once the system is warm. */
export async function findNeighbourhood(contestant: Contestant): Promise<number> {
  await contestant.talk(WARM_UP);
  const holds = async (step: number) =>
    seemsSustained(await contestant.talk({ ...GLANCE, rate: rateAt(step) }));
  return (await searchHighest(SEARCH, holds)) ?? LOWEST_STEP;
}
