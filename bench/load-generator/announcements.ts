import { z } from 'zod';
import { crowdUser } from './crowd.ts';
import { percentiles } from './latencies.ts';

/** Those who announce tournaments in turn, and hear of the others': each with so many tabs. */
export const audienceSize = z.object({
  address: z.string(),
  users: z.array(crowdUser),
  tabsPerUser: z.number(),
});

/** One after the other, as each is closed before the next one. */
export const announcementsResult = z.object({
  /** Until the creator has the answer, with which the tournament can be read. */
  answered: percentiles,
  /** Until the last tab of everybody else has the push. */
  heard: percentiles,
});

export type AudienceSize = z.infer<typeof audienceSize>;
export type AnnouncementsResult = z.infer<typeof announcementsResult>;
