import { z } from 'zod';

/** How one user's tabs connect, wherever the system listens. */
export const crowdUser = z.object({
  username: z.string(),
  /** With the query. */
  path: z.string(),
  headers: z.record(z.string(), z.string()),
});

/** Those who talk, two by two: each user has `tabsPerUser` tabs and sends from the first of them. */
export const crowd = z.object({
  tabsPerUser: z.number(),
  pairs: z.array(z.object({ chatId: z.string(), users: z.tuple([crowdUser, crowdUser]) })),
});

export type CrowdUser = z.infer<typeof crowdUser>;
export type Crowd = z.infer<typeof crowd>;
