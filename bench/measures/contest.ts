import type { SystemName } from '../systems/system-under-test.ts';
import type { Contestant } from './contestant.ts';
import { findNeighbourhood } from './neighbourhood.ts';
import { playRound, type Round, type RoundPlan } from './round.ts';

export interface ContestPlan extends RoundPlan {
  readonly rounds: number;
}

export type Rounds = ReadonlyMap<SystemName, readonly Round[]>;

export interface Turns {
  /** No round is begun that would probably end later, as `performance.now()` tells time. One is played in any case. */
  readonly until: number;
  /** Round 0 is a first look, of which nothing is kept. */
  readonly onTurn: (system: SystemName, round: number) => void;
}

/** All systems in turn, again and again, so that a slow minute of the machine slows all of them. */
export async function contest(
  contestants: readonly Contestant[],
  plan: ContestPlan,
  { until, onTurn }: Turns,
): Promise<Rounds> {
  const around = new Map<SystemName, number>();
  for (const contestant of contestants) {
    onTurn(contestant.system.name, 0);
    around.set(contestant.system.name, await findNeighbourhood(contestant));
  }
  const rounds = new Map<SystemName, Round[]>(contestants.map(({ system }) => [system.name, []]));
  for (let number = 1; number <= plan.rounds; number += 1) {
    const roundAt = performance.now();
    for (const contestant of contestants) {
      const { name } = contestant.system;
      onTurn(name, number);
      const round = await playRound(contestant, plan, around.get(name) ?? 0);
      around.set(name, round.highestStep);
      rounds.get(name)?.push(round);
    }
    const took = performance.now() - roundAt;
    if (performance.now() + took > until) break;
  }
  return rounds;
}
