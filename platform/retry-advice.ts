/** Trouble that has not shown for so long is over, in milliseconds. */
const OVER_AFTER_MS = 2000;
const SOONEST_MS = 250;
const LATEST_MS = 3000;

/**
 * When those who are turned away should come back: after as long again as the trouble has lasted, so that what comes back
 * thins out while it lasts; and each after another time, so that they do not come in one wave.
 */
export class RetryAdvice {
  readonly #now: () => number;
  readonly #random: () => number;
  #since = 0;
  #last = Number.NEGATIVE_INFINITY;

  constructor(now = () => performance.now(), random = Math.random) {
    this.#now = now;
    this.#random = random;
  }

  /** For one who is turned away now: from half to one and a half times as long, in whole milliseconds. */
  nextMs(): number {
    const now = this.#now();
    if (now - this.#last > OVER_AFTER_MS) this.#since = now;
    this.#last = now;
    const lastedMs = Math.min(Math.max(now - this.#since, SOONEST_MS), LATEST_MS);
    return Math.round(lastedMs * (0.5 + this.#random()));
  }
}
