import type { SteadyLoadResult } from '../../bench/load-generator/steady-load.ts';

export const LATENCY = { p50: 1, p99: 10, p999: 20, max: 30 };
/** What a load that a system carries well ends with. */
export const GOOD_LOAD: SteadyLoadResult = {
  rate: 1000,
  warmUpMs: 0,
  measuredMs: 1000,
  sent: 1000,
  ack: LATENCY,
  delivery: LATENCY,
  lateness: LATENCY,
  lagGrowthMsPerS: 0,
  overrun: false,
  retries: 0,
  generatorCpuS: 0.1,
  faults: { lost: 0, doubled: 0, outOfOrder: 0, disagreeingChats: 0, unexpected: [] },
};
