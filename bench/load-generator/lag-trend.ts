const SLICES = 8;

/** Whether latency grows while the rate stays the same: then the rate cannot be sustained, however low latency still is. */
export class LagTrend {
  readonly #fromMs: number;
  readonly #sliceMs: number;
  readonly #sums = new Float64Array(SLICES);
  readonly #counts = new Float64Array(SLICES);

  constructor(fromMs: number, durationMs: number) {
    this.#fromMs = fromMs;
    this.#sliceMs = durationMs / SLICES;
  }

  add(dueAt: number, latencyMs: number): void {
    const slice = Math.min(SLICES - 1, Math.floor((dueAt - this.#fromMs) / this.#sliceMs));
    this.#sums[slice] = (this.#sums[slice] ?? 0) + latencyMs;
    this.#counts[slice] = (this.#counts[slice] ?? 0) + 1;
  }

  /** Milliseconds of latency gained per second, from the first quarter's mean to the last quarter's. */
  growthMsPerS(): number {
    const quarter = SLICES / 4;
    const gained = this.#mean(SLICES - quarter, SLICES) - this.#mean(0, quarter);
    return (gained / (this.#sliceMs * (SLICES - quarter))) * 1000;
  }

  #mean(from: number, to: number): number {
    const sum = this.#sums.subarray(from, to).reduce((total, value) => total + value, 0);
    const count = this.#counts.subarray(from, to).reduce((total, value) => total + value, 0);
    return count === 0 ? 0 : sum / count;
  }
}
