import { z } from 'zod';
import { announcementsResult, audienceSize } from './announcements.ts';
import { crowd, crowdUser } from './crowd.ts';
import { deliveryFaults } from './delivery-faults.ts';
import { dialectName } from './dialects/dialects.ts';
import { pageLoad, pageLoadResult } from './page-load.ts';
import { outlasting, outlastingResult, resumingCrowd } from './resume.ts';
import { steadyLoad, steadyLoadResult } from './steady-load.ts';
import { stormLoad, stormResult } from './storm.ts';

/** Where a system listens, and how it speaks. */
const listener = z.object({ address: z.string(), dialect: dialectName });

export type Listener = Readonly<z.infer<typeof listener>>;

/** What the benchmark tells a load generator to do, one thing after the other. */
export const order = z.discriminatedUnion('do', [
  z.object({ do: z.literal('connect'), to: listener, crowd }),
  z.object({ do: z.literal('talk'), load: steadyLoad }),
  z.object({ do: z.literal('look back') }),
  z.object({ do: z.literal('sit idle'), to: listener, users: z.array(crowdUser), count: z.number() }),
  z.object({ do: z.literal('leave') }),
  z.object({ do: z.literal('read pages'), load: pageLoad }),
  z.object({ do: z.literal('gather'), audience: audienceSize }),
  z.object({ do: z.literal('announce'), count: z.number() }),
  z.object({ do: z.literal('storm'), load: stormLoad }),
  z.object({ do: z.literal('sit down'), crowd: resumingCrowd }),
  z.object({ do: z.literal('outlast'), load: outlasting }),
]);

export const answer = z.discriminatedUnion('of', [
  z.object({ of: z.literal('connect') }),
  z.object({ of: z.literal('talk'), result: steadyLoadResult }),
  /** The books as they stand now: also shows what came late and twice. */
  z.object({ of: z.literal('look back'), faults: deliveryFaults }),
  z.object({ of: z.literal('sit idle') }),
  z.object({ of: z.literal('leave'), broken: z.number() }),
  z.object({ of: z.literal('read pages'), result: pageLoadResult }),
  z.object({ of: z.literal('gather') }),
  z.object({ of: z.literal('announce'), result: announcementsResult }),
  z.object({ of: z.literal('storm'), result: stormResult }),
  z.object({ of: z.literal('sit down') }),
  z.object({ of: z.literal('outlast'), result: outlastingResult }),
  z.object({ of: z.literal('failure'), message: z.string() }),
]);

export type Order = z.infer<typeof order>;
export type Answer = z.infer<typeof answer>;
