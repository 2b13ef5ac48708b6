import type { Contestant } from './contestant.ts';
import { LOWEST_STEP, rateAt } from './rate-grid.ts';
import { searchHighest } from './search-highest.ts';
import { sustained } from './sustained.ts';

/** About 2,000 a second, and half as much again as the first leap. */
const SEARCH = { from: 28, stride: 8, tolerance: 3, lowest: LOWEST_STEP };
const LOOK = { warmUpMs: 100, measuredMs: 300 };

/** A step near the highest that holds, found by short looks; they warm the system up besides. */
export async function findNeighbourhood(contestant: Contestant): Promise<number> {
  const holds = async (step: number) => sustained(await contestant.talk({ ...LOOK, rate: rateAt(step) }));
  return (await searchHighest(SEARCH, holds)) ?? LOWEST_STEP;
}
