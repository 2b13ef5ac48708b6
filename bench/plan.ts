import type { ContestPlan } from './measures/contest.ts';
import type { CrowdSize } from './systems/system-under-test.ts';

export interface HistoryPlan {
  readonly messages: number;
  /** Messages of another history, which the costs are compared with; null leaves that out. */
  readonly few: number | null;
  /** Of the pages. */
  readonly measuredMs: number;
}

export interface BenchPlan {
  /** The target of the Makefile. */
  readonly name: 'bench' | 'bench-full';
  readonly crowd: CrowdSize;
  readonly contest: ContestPlan;
  /** Of the run, after which no round of the contest goes on: what follows takes its time too. */
  readonly contestUntilMs: number;
  /** How often the first seconds of a process are looked at. */
  readonly firstSeconds: number;
  /** How often duels are measured against messages. */
  readonly duels: number;
  readonly idleSockets: number;
  readonly history: HistoryPlan;
  /** What is not done by then is left out. */
  readonly limitMs: number;
  /** Of that, what is kept for the measures after the contest. */
  readonly afterContestMs: number;
}

const CROWD = { pairs: 100, tabsPerUser: 2 };
/** Twenty of each user, as many as one may have: whoever comes and goes is noted with all of their tabs. */
const IDLE_SOCKETS = 4000;

/** Four minutes, five at most. */
export const QUICK: BenchPlan = {
  name: 'bench',
  crowd: CROWD,
  contest: {
    rounds: 3,
    search: { warmUpMs: 100, measuredMs: 500 },
    atReference: { warmUpMs: 200, measuredMs: 1500 },
    atHalf: { warmUpMs: 200, measuredMs: 1000 },
  },
  contestUntilMs: 160_000,
  firstSeconds: 1,
  duels: 1,
  idleSockets: IDLE_SOCKETS,
  history: { messages: 200_000, few: null, measuredMs: 1500 },
  limitMs: 285_000,
  afterContestMs: 115_000,
};

/** Ten minutes, twelve at most. */
export const FULL: BenchPlan = {
  name: 'bench-full',
  crowd: CROWD,
  contest: {
    rounds: 3,
    search: { warmUpMs: 300, measuredMs: 1500 },
    atReference: { warmUpMs: 500, measuredMs: 3000 },
    atHalf: { warmUpMs: 500, measuredMs: 2000 },
  },
  contestUntilMs: 340_000,
  firstSeconds: 3,
  duels: 3,
  idleSockets: IDLE_SOCKETS,
  history: { messages: 1_000_000, few: 10_000, measuredMs: 2500 },
  limitMs: 690_000,
  afterContestMs: 340_000,
};

/** Two systems more take half as long again. */
export const withEventStoreDb = (plan: BenchPlan): BenchPlan => ({
  ...plan,
  contestUntilMs: plan.contestUntilMs + 75_000,
  limitMs: plan.limitMs + 90_000,
});
