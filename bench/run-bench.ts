import { measureHistory } from './history/measure-history.ts';
import { contest } from './measures/contest.ts';
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
  1 + (contest.rounds + 1) * present.length + (history.few ? 6 : 4);

/** Rejects with `DeliveryBroken` when a system loses, doubles or reorders a message. */
export async function runBench(
  plan: BenchPlan,
  { present, absent }: Field,
  cleanup: Cleanup,
  onStep: OnStep,
): Promise<BenchReport> {
  const startedAt = Date.now();
  const [commit, machine] = await Promise.all([currentCommit(), describeMachine()]);
  onStep('starting the systems, signing users up');
  const prepared = await startContestants(present, plan.crowd, cleanup);
  const contestants = prepared.map(({ contestant }) => contestant);
  const rounds = await contest(contestants, plan.contest, (name, round) => onStep(`round ${round}: ${name}`));
  for (const contestant of contestants) await contestant.lookBack();
  for (const { system, generator } of contestants) {
    await generator.stop();
    await system.stop();
  }
  const idle = await measureIdle(prepared, plan.idleSockets, cleanup, onStep);
  const history = await measureHistory(plan.history, cleanup, onStep);
  const systems = [...rounds].map(([name, played]) => [
    name,
    { ...summarize(played), idle: idle.get(name) ?? null },
  ]);
  return {
    plan: plan.name,
    date: new Date(startedAt).toISOString(),
    commit,
    machine,
    crowd: plan.crowd,
    rounds: rounds.get('rally')?.length ?? 0,
    durationS: (Date.now() - startedAt) / 1000,
    systems: Object.fromEntries(systems),
    absent: [...absent],
    history,
  };
}

async function measureIdle(
  prepared: readonly Prepared[],
  sockets: number,
  cleanup: Cleanup,
  onStep: OnStep,
): Promise<ReadonlyMap<SystemName, IdleMemory>> {
  const idle = new Map<SystemName, IdleMemory>();
  for (const { crowd, restart } of prepared) {
    const system = await restart();
    onStep(`idle sockets: ${system.name}`);
    idle.set(system.name, await idleMemory(system, crowd, sockets, cleanup));
    await system.stop();
  }
  return idle;
}
