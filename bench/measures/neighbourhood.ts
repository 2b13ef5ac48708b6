import type { Contestant } from './contestant.ts';
import { LOWEST_STEP, rateAt } from './rate-grid.ts';
import { searchHighest } from './search-highest.ts';
import { seemsSustained } from './sustained.ts';

/** About 3,500 a second, and half as much again as each leap. */
const SEARCH = { from: 40, stride: 8, tolerance: 3, lowest: LOWEST_STEP };
const GLANCE = { warmUpMs: 100, measuredMs: 300 };

/** A step near the highest that holds, found by glances; they warm the system up besides. */
export async function findNeighbourhood(contestant: Contestant): Promise<number> {
  const holds = async (step: number) =>
    seemsSustained(await contestant.talk({ ...GLANCE, rate: rateAt(step) }));
  return (await searchHighest(SEARCH, holds)) ?? LOWEST_STEP;
}
