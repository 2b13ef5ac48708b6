import { build } from 'hdr-histogram-js';
import { z } from 'zod';

export const percentiles = z.object({ p50: z.number(), p99: z.number(), p999: z.number(), max: z.number() });

/** Milliseconds. */
export type Percentiles = z.infer<typeof percentiles>;

const US_PER_MS = 1000;
const TEN_MINUTES_US = 600_000_000;

/** Takes milliseconds, keeps microseconds with three digits. */
export class Latencies {
  readonly #histogram = build({
    lowestDiscernibleValue: 1,
    highestTrackableValue: TEN_MINUTES_US,
    numberOfSignificantValueDigits: 3,
    useWebAssembly: false,
  });

  add(ms: number): void {
    this.#histogram.recordValue(Math.max(1, Math.round(ms * US_PER_MS)));
  }

  percentiles(): Percentiles {
    const at = (percentile: number) => this.#histogram.getValueAtPercentile(percentile) / US_PER_MS;
    return { p50: at(50), p99: at(99), p999: at(99.9), max: this.#histogram.maxValue / US_PER_MS };
  }
}
