import { z } from 'zod';
import { deliveryFaults } from './delivery-faults.ts';
import { percentiles } from './latencies.ts';

export const steadyLoad = z.object({
  /** Messages a second, all users together. */
  rate: z.number(),
  /** Sent and verified like the rest, but not counted. */
  warmUpMs: z.number(),
  measuredMs: z.number(),
});

export const steadyLoadResult = steadyLoad.extend({
  /** Messages, those of the warm-up among them. */
  sent: z.number(),
  /** From when the message was due to its ack. */
  ack: percentiles,
  /** From when the message was due to each of the peer's tabs. */
  delivery: percentiles,
  lagGrowthMsPerS: z.number(),
  /** Sending was broken off: more than half a second's messages were under way. */
  overrun: z.boolean(),
  /** Messages that were refused for a while and sent again. */
  retries: z.number(),
  /** How late messages left the generator. */
  lateness: percentiles,
  /** Processor seconds of the generator, over the measured time. */
  generatorCpuS: z.number(),
  /** Since the tabs connected. */
  faults: deliveryFaults,
});

export type SteadyLoad = Readonly<z.infer<typeof steadyLoad>>;
export type SteadyLoadResult = Readonly<z.infer<typeof steadyLoadResult>>;
