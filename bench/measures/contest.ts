import type { SystemName } from '../systems/system-under-test.ts';
import type { Contestant } from './contestant.ts';
import { playRound, type Round, type RoundPlan } from './round.ts';
import type { Search } from './search-highest.ts';

export interface ContestPlan extends RoundPlan {
  readonly rounds: number;
  /** No round is begun that would probably end after so many milliseconds. At least one is played. */
  readonly withinMs: number;
}

export type Rounds = ReadonlyMap<SystemName, readonly Round[]>;

/** About 2,000 a second, and half as much again per leap. */
const FIRST_SEARCH = { from: 28, stride: 8 };
/** A system that has been searched before is looked for where it was. */
const LATER_STRIDE = 2;
/** How long its round takes, to the first one's. */
const LATER_ROUND = 0.6;

/** All systems in turn, again and again, so that a slow minute of the machine slows all of them. */
export async function contest(
  contestants: readonly Contestant[],
  plan: ContestPlan,
  onTurn: (system: SystemName, round: number) => void,
): Promise<Rounds> {
  const startedAt = performance.now();
  const rounds = new Map<SystemName, Round[]>(contestants.map(({ system }) => [system.name, []]));
  for (let number = 1; number <= plan.rounds; number += 1) {
    const roundAt = performance.now();
    for (const contestant of contestants) {
      const { name } = contestant.system;
      onTurn(name, number);
      const played = rounds.get(name) ?? [];
      played.push(await playRound(contestant, plan, searchAfter(played.at(-1))));
    }
    const took = performance.now() - roundAt;
    const next = number === 1 ? took * LATER_ROUND : took;
    if (performance.now() + next > startedAt + plan.withinMs) break;
  }
  return rounds;
}

const searchAfter = (last: Round | undefined): Omit<Search, 'lowest'> =>
  last ? { from: last.highestStep - LATER_STRIDE, stride: LATER_STRIDE } : FIRST_SEARCH;
