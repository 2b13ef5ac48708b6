import { z } from 'zod';
import { machine } from '../report/machine.ts';

const round = z.object({
  events: z.number(),
  /** From the start of the command to its end, the change of versions and its start as a process included. */
  seconds: z.number(),
  /** Of the command's own work. */
  eventsPerS: z.number(),
  /** For how long rows waited at the change of versions. */
  heldMs: z.number(),
  /** Meanwhile, from send to peer, in milliseconds. */
  p50: z.number(),
  p99: z.number(),
  sent: z.number(),
  reads: z.number(),
  /** Answers that were not 200. */
  failedReads: z.number(),
  /** Answers of an earlier place in the log than one before them. */
  stepsBack: z.number(),
});

/** All that one run has found out; what `results/*.json` holds. */
export const rebuildReport = z.object({
  /** ISO 8601. */
  date: z.string(),
  /** As in `benchReport`. */
  commit: z.string(),
  machine,
  durationS: z.number(),
  messagesPerS: z.number(),
  /** Without a rebuild, from send to peer, in milliseconds. */
  undisturbed: z.object({ p50: z.number(), p99: z.number() }),
  rounds: z.array(round),
});

export type RebuildRound = z.infer<typeof round>;
export type RebuildReport = z.infer<typeof rebuildReport>;
