import { makeHistories, measureHistory } from './history/measure-history.ts';
import { Budget, type LeftOut } from './measures/budget.ts';
import { contest } from './measures/contest.ts';
import type { Contestant } from './measures/contestant.ts';
import { duelCost } from './measures/duel-cost.ts';
import { firstSeconds } from './measures/first-seconds.ts';
import { type IdleMemory, idleMemory } from './measures/idle-memory.ts';
import { type Spread, spreadOf } from './measures/spread.ts';
import { summarize } from './measures/summary.ts';
import type { BenchPlan } from './plan.ts';
import { type Prepared, prepare } from './prepare-contestant.ts';
import type { Cleanup } from './processes/cleanup.ts';
import { COLLECTING } from './processes/collect-garbage.ts';
import type { BenchReport } from './report/bench-report.ts';
import { currentCommit } from './report/commit.ts';
import { describeMachine } from './report/machine.ts';
import type { Field } from './systems/field.ts';
import type { SystemName } from './systems/system-under-test.ts';

export interface Listener {
  /** `stepsOf` says how often. */
  readonly onStep: (step: string) => void;
  readonly onLeftOut: (leftOut: LeftOut) => void;
}

/** At most. */
export const stepsOf = ({ contest, firstSeconds, history }: BenchPlan, { present }: Field): number =>
  3 + (contest.rounds + 1) * present.length + firstSeconds * FIRST_OF.length + (history.few === null ? 2 : 3);

/** Whose first seconds are looked at. */
const FIRST_OF: readonly SystemName[] = ['rally', 'limit loop'];

/**
 * Always ends with a report: what a slow machine has no time for is left out. Rejects with `DeliveryBroken` when a system loses, doubles
 * or reorders a message.
 */
export async function runBench(
  plan: BenchPlan,
  { present, absent }: Field,
  cleanup: Cleanup,
  { onStep, onLeftOut }: Listener,
): Promise<BenchReport> {
  const date = new Date().toISOString();
  const startedAt = performance.now();
  const budget = new Budget(plan.limitMs, onLeftOut);
  const afterContest = { reserveMs: plan.afterContestMs };
  const [commit, machine] = await Promise.all([currentCommit(), describeMachine()]);
  onStep('starting the systems, signing users up');
  const starting = present.map(({ name, start }) =>
    budget.measure(name, afterContest, () => prepare(start, plan.crowd, cleanup)),
  );
  const prepared = (await Promise.all(starting)).filter((one) => one !== null);
  const contestants = prepared.map(({ contestant }) => contestant);
  const rounds = await contest(contestants, plan.contest, {
    budget,
    ...afterContest,
    until: startedAt + plan.contestUntilMs,
    onTurn: (name, round) => onStep(round === 0 ? `first look: ${name}` : `round ${round}: ${name}`),
  });
  for (const contestant of contestants)
    await budget.measure(`a last look back at ${contestant.system.name}`, {}, () => contestant.lookBack());
  await budget.measure('the end of the contest', {}, () => stop(contestants));
  const first = await measureFirst(prepared, plan.firstSeconds, budget, cleanup, onStep);
  onStep('duels');
  const embedded = prepared.find(({ contestant }) => contestant.system.name === 'rally');
  const duels = embedded
    ? await budget.measure('duels', {}, () => duelCost(embedded, plan.duels, cleanup))
    : null;
  onStep('idle sockets; writing a history');
  // Neither is about time, so they may share it.
  const [idle, histories] = await Promise.all([
    budget.measure('idle sockets', {}, () => measureIdle(prepared, plan.idleSockets, cleanup)),
    budget.measure('a long history', {}, () => makeHistories(plan.history, cleanup)),
  ]);
  const history = histories && (await measureHistory(histories, plan.history, budget, cleanup, onStep));
  const systems = [...rounds].map(([name, played]) => [
    name,
    { ...summarize(played), firstSeconds: first.get(name) ?? null, idle: idle?.get(name) ?? null },
  ]);
  return {
    plan: plan.name,
    date,
    commit,
    machine,
    crowd: plan.crowd,
    rounds: {
      played: Math.min(plan.contest.rounds, ...[...rounds.values()].map(({ length }) => length)),
      planned: plan.contest.rounds,
    },
    durationS: (performance.now() - startedAt) / 1000,
    systems: Object.fromEntries(systems),
    absent: [...absent, ...budget.leftOut],
    duels,
    history,
  };
}

async function stop(contestants: readonly Contestant[]): Promise<void> {
  await Promise.all(contestants.map(({ generator }) => generator.stop()));
  await Promise.all(contestants.map(({ system }) => system.stop()));
}

/** p50 of each. In turns, and of whom there is time for. */
async function measureFirst(
  prepared: readonly Prepared[],
  rounds: number,
  budget: Budget,
  cleanup: Cleanup,
  onStep: Listener['onStep'],
): Promise<ReadonlyMap<SystemName, Spread>> {
  const measured = new Map<SystemName, number[]>();
  for (let round = 1; round <= rounds; round += 1)
    for (const one of prepared) {
      const { name } = one.contestant.system;
      if (!FIRST_OF.includes(name)) continue;
      onStep(`its first seconds, ${round} of ${rounds}: ${name}`);
      const first = await budget.measure(`the first seconds of ${name}`, {}, () =>
        firstSeconds(one, cleanup),
      );
      if (first) measured.set(name, [...(measured.get(name) ?? []), first.p50]);
    }
  return new Map([...measured].map(([name, p50s]) => [name, spreadOf(p50s)]));
}

async function measureIdle(
  prepared: readonly Prepared[],
  sockets: number,
  cleanup: Cleanup,
): Promise<ReadonlyMap<SystemName, IdleMemory>> {
  const measured = prepared.map(async ({ crowd, restart }) => {
    const system = await restart(COLLECTING);
    const memory = await idleMemory(system, crowd, sockets, cleanup);
    await system.stop();
    return [system.name, memory] as const;
  });
  return new Map(await Promise.all(measured));
}
