const FIRST_MS = 500;
const LONGEST_MS = 20_000;

/** How long to wait before the next try: anything up to a limit that doubles, so that those who lost it together come back apart. */
export class Backoff {
  readonly #random: () => number;
  #limit = FIRST_MS;

  constructor(random: () => number) {
    this.#random = random;
  }

  /** In milliseconds. */
  next(): number {
    const ms = this.#random() * this.#limit;
    this.#limit = Math.min(LONGEST_MS, this.#limit * 2);
    return ms;
  }

  reset(): void {
    this.#limit = FIRST_MS;
  }
}
