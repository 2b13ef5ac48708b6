import type { SteadyLoadResult } from '../load-generator/steady-load.ts';

const P99_LIMIT_MS = 250;
/** Three hundredths of the time that passes: a rate 3 % above what can be carried. */
const LAG_GROWTH_LIMIT_MS_PER_S = 30;

/** Whether a system could go on at this rate for ever, as far as a short look can tell. */
export const sustained = ({ delivery, lagGrowthMsPerS, overrun, retries }: SteadyLoadResult): boolean =>
  !overrun && retries === 0 && delivery.p99 <= P99_LIMIT_MS && lagGrowthMsPerS <= LAG_GROWTH_LIMIT_MS_PER_S;
