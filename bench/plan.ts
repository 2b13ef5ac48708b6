import type { ContestPlan } from './measures/contest.ts';
import type { CrowdSize } from './systems/system-under-test.ts';

export interface HistoryPlan {
  /** Messages stored for the second, full measurement, after that for the rebuild. */
  readonly messages: number;
  /** Messages stored for the first measurement, which the full one is compared with; null leaves it out. */
  readonly few: number | null;
  readonly measuredMs: number;
}

export interface BenchPlan {
  /** The target of the Makefile. */
  readonly name: 'bench' | 'bench-full';
  readonly crowd: CrowdSize;
  readonly contest: ContestPlan;
  readonly idleSockets: number;
  readonly history: HistoryPlan;
  /** Then something hangs: the run fails. */
  readonly limitMs: number;
}

const MINUTE_MS = 60_000;
const CROWD = { pairs: 100, tabsPerUser: 2 };
const IDLE_SOCKETS = 10_000;

/** At most three minutes. */
export const QUICK: BenchPlan = {
  name: 'bench',
  crowd: CROWD,
  contest: {
    rounds: 3,
    withinMs: 2.1 * MINUTE_MS,
    search: { warmUpMs: 200, measuredMs: 1000 },
    latency: { warmUpMs: 200, measuredMs: 1500 },
  },
  idleSockets: IDLE_SOCKETS,
  history: { messages: 200_000, few: null, measuredMs: 2000 },
  limitMs: 3 * MINUTE_MS,
};

/** At most nine minutes. */
export const FULL: BenchPlan = {
  name: 'bench-full',
  crowd: CROWD,
  contest: {
    rounds: 5,
    withinMs: 5.5 * MINUTE_MS,
    search: { warmUpMs: 500, measuredMs: 2000 },
    latency: { warmUpMs: 500, measuredMs: 4000 },
  },
  idleSockets: IDLE_SOCKETS,
  history: { messages: 1_000_000, few: 10_000, measuredMs: 5000 },
  limitMs: 9 * MINUTE_MS,
};
