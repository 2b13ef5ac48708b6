import type { SystemName } from '../systems/system-under-test.ts';
import type { Budget } from './budget.ts';
import type { Contestant } from './contestant.ts';
import { findNeighbourhood } from './neighbourhood.ts';
import { playRound, type Round, type RoundPlan } from './round.ts';

export interface ContestPlan extends RoundPlan {
  readonly rounds: number;
}

export type Rounds = ReadonlyMap<SystemName, readonly Round[]>;

export interface Turns {
  readonly budget: Budget;
  /** Of the budget, what is kept for the measures that follow. */
  readonly reserveMs: number;
  /** No round is begun that would probably end later, as `performance.now()` tells time. One is played if there is time at all. */
  readonly until: number;
  /** Round 0 is a first look, of which nothing is kept. */
  readonly onTurn: (system: SystemName, round: number) => void;
}

/**
 * All systems in turn, again and again, so that a slow minute of the machine slows all of them; as often as planned, or as what the
 * rounds take allows. Whoever has not played a round in time is left out.
 */
export async function contest(
  contestants: readonly Contestant[],
  plan: ContestPlan,
  { budget, reserveMs, until, onTurn }: Turns,
): Promise<Rounds> {
  /** null: left out, and out of the contest. */
  const inTime = async <Result>(contestant: Contestant, name: string, work: () => Promise<Result>) => {
    const result = await budget.measure(name, { reserveMs }, work);
    if (result === null) contestant.dismiss();
    return result;
  };
  const around = new Map<SystemName, number>();
  for (const contestant of contestants) {
    onTurn(contestant.system.name, 0);
    const look = () => findNeighbourhood(contestant);
    const found = await inTime(contestant, contestant.system.name, look);
    if (found !== null) around.set(contestant.system.name, found);
  }
  const playing = contestants.filter(({ system }) => around.has(system.name));
  const rounds = new Map<SystemName, Round[]>();
  for (let number = 1; number <= plan.rounds; number += 1) {
    const roundAt = performance.now();
    for (const contestant of playing) {
      const { name } = contestant.system;
      onTurn(name, number);
      const play = () => playRound(contestant, plan, around.get(name) ?? 0);
      const round = await inTime(contestant, number === 1 ? name : `round ${number} of ${name}`, play);
      if (!round) continue;
      around.set(name, round.highestStep);
      rounds.set(name, [...(rounds.get(name) ?? []), round]);
    }
    const took = performance.now() - roundAt;
    if (performance.now() + took > until) break;
  }
  return rounds;
}
