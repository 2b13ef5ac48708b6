import { z } from 'zod';
import { pageLoadResult } from '../load-generator/page-load.ts';
import { spread } from '../measures/spread.ts';
import { machine } from '../report/machine.ts';

/** Of one tournament, from the POST on; milliseconds. */
const announcing = z.object({
  /** Until its creator has the answer: the median of each round. */
  answered: spread,
  /** Until everybody else's tabs have the push: the median of each round. */
  heard: spread,
  /** Processor time of server and database, with closing it and telling that. */
  processor: spread,
});

/** All that one run has found out; what `results/*.json` holds. */
export const communityReport = z.object({
  /** ISO 8601. */
  date: z.string(),
  /** As in `benchReport`. */
  commit: z.string(),
  machine,
  durationS: z.number(),
  /** How many there are in the one community and in the other; pages are read of the latter. */
  users: z.tuple([z.number(), z.number()]),
  /** That hear of a tournament. */
  tabs: z.number(),
  announcing: z.tuple([announcing, announcing]),
  /** How many ask for pages at the same time, each again as soon as the answer is there. */
  atOnce: z.object({ readers: z.number(), searchers: z.number() }),
  search: pageLoadResult,
  self: pageLoadResult,
  notifications: pageLoadResult,
});

export type Announcing = z.infer<typeof announcing>;
export type CommunityReport = z.infer<typeof communityReport>;
