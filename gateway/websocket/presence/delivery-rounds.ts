/** From the end of a round to the beginning of the next: how long a frame may wait for others, and how often a tab costs a write at most. */
const BETWEEN_ROUNDS_MS = 200;

/** Everything else waits so long at most. */
const SLICE_MS = 5;

/** A slice is followed by a rest of so many times its length: rounds never take more than a fifth of the time. */
const REST = 4;

export interface RoundParts<Receiver> {
  receivers(): Iterable<Receiver>;
  /** false: it has everything. */
  serve(receiver: Receiver, now: number): boolean;
  /** A round is over, which took so many milliseconds with its rests. */
  ended(tookMs: number): void;
}

/**
 * Serves all receivers in turn while anything is pending, by one timer and in slices, so that however many there are, everything else goes on.
 * When nothing is pending there is no timer.
 */
export class DeliveryRounds<Receiver> {
  readonly #parts: RoundParts<Receiver>;
  #timer: NodeJS.Timeout | null = null;
  #left: Iterator<Receiver> | null = null;
  #isPending = false;
  #began = 0;
  #notBefore = 0;

  constructor(parts: RoundParts<Receiver>) {
    this.#parts = parts;
  }

  /** Something is pending. */
  wake(): void {
    this.#isPending = true;
    if (this.#timer === null) this.#schedule(this.#notBefore - performance.now());
  }

  #schedule(ms: number): void {
    this.#timer = setTimeout(() => this.#slice(), Math.max(0, ms)).unref();
  }

  #slice(): void {
    const began = performance.now();
    if (!this.#left) {
      this.#left = this.#parts.receivers()[Symbol.iterator]();
      this.#began = began;
      this.#isPending = false;
    }
    let now = began;
    for (let next = this.#left.next(); !next.done; next = this.#left.next()) {
      if (this.#parts.serve(next.value, now)) this.#isPending = true;
      now = performance.now();
      if (now - began >= SLICE_MS) {
        this.#schedule((now - began) * REST);
        return;
      }
    }
    this.#left = null;
    this.#timer = null;
    this.#notBefore = now + Math.max(BETWEEN_ROUNDS_MS, (now - began) * REST);
    this.#parts.ended(now - this.#began);
    if (this.#isPending) this.wake();
  }
}
