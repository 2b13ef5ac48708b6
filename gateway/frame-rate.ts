const SECOND_MS = 1000;

/** Remembers when the last frames of one socket came: as many as are allowed in a second, and none before they come. */
export class FrameRate {
  readonly #limit: number;
  readonly #times: number[] = [];
  #oldest = 0;

  constructor(limitPerSecond: number) {
    this.#limit = limitPerSecond;
  }

  /** Counts a frame; true when it is one too many in any second that ends at `now`. */
  isExceededAt(now: number): boolean {
    if (this.#times.length < this.#limit) {
      this.#times.push(now);
      return false;
    }
    const sinceOldest = now - (this.#times[this.#oldest] ?? 0);
    this.#times[this.#oldest] = now;
    this.#oldest = (this.#oldest + 1) % this.#limit;
    // A clock that was set back tells nothing: that frame passes.
    return sinceOldest >= 0 && sinceOldest < SECOND_MS;
  }
}
