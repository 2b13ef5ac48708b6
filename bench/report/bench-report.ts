import { z } from 'zod';
import { historyResult } from '../history/history-result.ts';
import { duelCostSchema } from '../measures/duel-cost.ts';
import { idleMemorySchema } from '../measures/idle-memory.ts';
import { spread } from '../measures/spread.ts';
import { systemSummary } from '../measures/summary.ts';
import { systemName } from '../systems/system-under-test.ts';
import { machine } from './machine.ts';

const system = systemSummary.extend({
  /** From send to peer in the first ten seconds of its process, p50 in milliseconds. */
  firstSeconds: spread.nullable(),
  idle: idleMemorySchema.nullable(),
});

/** All that one run of the benchmark has found out; what `results/*.json` holds. */
export const benchReport = z.object({
  plan: z.string(),
  /** ISO 8601. */
  date: z.string(),
  /** Of the code that was measured; `+` when files were changed since. */
  commit: z.string(),
  machine,
  crowd: z.object({ pairs: z.number(), tabsPerUser: z.number() }),
  rounds: z.object({ played: z.number(), planned: z.number() }),
  durationS: z.number(),
  systems: z.partialRecord(systemName, system),
  /** Systems and measures without a figure. */
  absent: z.array(z.object({ name: z.string(), why: z.string() })),
  duels: duelCostSchema.nullable(),
  history: historyResult.nullable(),
});

export type BenchReport = z.infer<typeof benchReport>;
export type SystemReport = z.infer<typeof system>;
