import type { SteadyLoadResult } from '../load-generator/steady-load.ts';

const P99_LIMIT_MS = 250;
/** Three hundredths of the time that passes: a rate 3 % above what can be carried. */
const LAG_GROWTH_LIMIT_MS_PER_S = 30;
/** In a look of a few tenths of a second one hiccup is a trend. */
const GLANCE_LAG_GROWTH_LIMIT_MS_PER_S = 150;

/** Whether a system could go on at this rate for ever, as far as a short look can tell. */
export const sustained = (result: SteadyLoadResult): boolean => held(result, LAG_GROWTH_LIMIT_MS_PER_S);

/** The same, as far as a glance can tell. */
export const seemsSustained = (result: SteadyLoadResult): boolean =>
  held(result, GLANCE_LAG_GROWTH_LIMIT_MS_PER_S);

const held = (
  { delivery, lagGrowthMsPerS, overrun, retries }: SteadyLoadResult,
  lagGrowthLimitMsPerS: number,
): boolean =>
  !overrun && retries === 0 && delivery.p99 <= P99_LIMIT_MS && lagGrowthMsPerS <= lagGrowthLimitMsPerS;
