import { z } from 'zod';
import { outlastingResult } from '../load-generator/resume.ts';
import { machine } from '../report/machine.ts';

const loss = outlastingResult.extend({
  /** Processor seconds of all servers and databases, and of the generator, from before the loss until all was heard. */
  processorS: z.number(),
  generatorS: z.number(),
});

/** All that one run has found out; what `results/*.json` holds. */
export const resumeReport = z.object({
  /** ISO 8601. */
  date: z.string(),
  /** As in `benchReport`. */
  commit: z.string(),
  machine,
  durationS: z.number(),
  /** Half of them are connected to each gateway. */
  tabs: z.number(),
  messagesPerS: z.number(),
  /** One of two gateways was killed, and started again by the cluster. */
  killed: loss,
  /** As many connections were cut, and all servers were there: nothing else was going on. */
  cut: loss,
});

export type Loss = z.infer<typeof loss>;
export type ResumeReport = z.infer<typeof resumeReport>;

const MS_PER_S = 1000;

/** Processor time of servers and databases, for one connection that ends and is resumed. */
export const msPerReconnect = ({ cut: { processorS, tabs } }: ResumeReport): number =>
  (processorS / tabs) * MS_PER_S;

/** Of those that were away, in percent: who was given all that was missed. */
export const recoveredShare = ({ recovered, tabs }: Loss): number => (100 * recovered) / tabs;
