import { makeHistories, measureHistory } from './history/measure-history.ts';
import { contest } from './measures/contest.ts';
import type { Contestant } from './measures/contestant.ts';
import { type IdleMemory, idleMemory } from './measures/idle-memory.ts';
import { summarize } from './measures/summary.ts';
import type { BenchPlan } from './plan.ts';
import type { Cleanup } from './processes/cleanup.ts';
import type { BenchReport } from './report/bench-report.ts';
import { currentCommit } from './report/commit.ts';
import { describeMachine } from './report/machine.ts';
import { type Prepared, startContestants } from './start-contestants.ts';
import type { Field } from './systems/field.ts';
import type { SystemName } from './systems/system-under-test.ts';

export type OnStep = (step: string) => void;

/** How often `onStep` is called in a run. */
export const stepsOf = ({ contest, history }: BenchPlan, { present }: Field): number =>
  2 + (contest.rounds + 1) * present.length + (history.few === null ? 2 : 3);

/** Rejects with `DeliveryBroken` when a system loses, doubles or reorders a message. */
export async function runBench(
  plan: BenchPlan,
  { present, absent }: Field,
  cleanup: Cleanup,
  onStep: OnStep,
): Promise<BenchReport> {
  const date = new Date().toISOString();
  const startedAt = performance.now();
  const [commit, machine] = await Promise.all([currentCommit(), describeMachine()]);
  onStep('starting the systems, signing users up');
  const prepared = await startContestants(present, plan.crowd, cleanup);
  const contestants = prepared.map(({ contestant }) => contestant);
  const rounds = await contest(contestants, plan.contest, {
    until: startedAt + plan.contestUntilMs,
    onTurn: (name, round) => onStep(round === 0 ? `first look: ${name}` : `round ${round}: ${name}`),
  });
  for (const contestant of contestants) await contestant.lookBack();
  await stop(contestants);
  onStep('idle sockets; writing a history');
  // Neither is about time, so they may share it.
  const [idle, histories] = await Promise.all([
    measureIdle(prepared, plan.idleSockets, cleanup),
    makeHistories(plan.history, cleanup),
  ]);
  const history = await measureHistory(histories, plan.history, cleanup, onStep);
  const systems = [...rounds].map(([name, played]) => [
    name,
    { ...summarize(played), idle: idle.get(name) ?? null },
  ]);
  return {
    plan: plan.name,
    date,
    commit,
    machine,
    crowd: plan.crowd,
    rounds: {
      played: Math.min(...[...rounds.values()].map(({ length }) => length)),
      planned: plan.contest.rounds,
    },
    durationS: (performance.now() - startedAt) / 1000,
    systems: Object.fromEntries(systems),
    absent: [...absent],
    history,
  };
}

async function stop(contestants: readonly Contestant[]): Promise<void> {
  await Promise.all(contestants.map(({ generator }) => generator.stop()));
  await Promise.all(contestants.map(({ system }) => system.stop()));
}

async function measureIdle(
  prepared: readonly Prepared[],
  sockets: number,
  cleanup: Cleanup,
): Promise<ReadonlyMap<SystemName, IdleMemory>> {
  const measured = prepared.map(async ({ crowd, restart }) => {
    const system = await restart();
    const memory = await idleMemory(system, crowd, sockets, cleanup);
    await system.stop();
    return [system.name, memory] as const;
  });
  return new Map(await Promise.all(measured));
}
