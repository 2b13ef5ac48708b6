import { z } from 'zod';
import { percentiles } from './latencies.ts';

export const pageRequest = z.object({ path: z.string(), headers: z.record(z.string(), z.string()) });

/** As many readers at once as there are connections, each asking again as soon as it has its answer. */
export const pageLoad = z.object({
  address: z.string(),
  /** Asked for in turn. */
  requests: z.array(pageRequest),
  connections: z.number(),
  warmUpMs: z.number(),
  measuredMs: z.number(),
});

export const pageLoadResult = z.object({
  requestsPerS: z.number(),
  latency: percentiles,
  /** Answers other than 200; not counted in the rate. */
  failed: z.number(),
});

export type PageRequest = z.infer<typeof pageRequest>;
export type PageLoad = z.infer<typeof pageLoad>;
export type PageLoadResult = z.infer<typeof pageLoadResult>;
