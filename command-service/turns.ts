/**
 * Lets a bounded number of commands work at once; the others wait, in the order in which they came. Working on all of a
 * burst at once would make all of it late: their callers give up, come again, and make it later still.
 */
export class Turns {
  readonly #atOnce: number;
  readonly #waiting: (() => void)[] = [];
  #working = 0;

  constructor(atOnce: number) {
    this.#atOnce = atOnce;
  }

  /** Resolves when it is one's turn; `done` has to follow. undefined: it is already. */
  next(): Promise<void> | undefined {
    if (this.#working < this.#atOnce) {
      this.#working += 1;
      return undefined;
    }
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  done(): void {
    const next = this.#waiting.shift();
    if (next) next();
    else this.#working -= 1;
  }
}
