/** One sender's numbered messages as one receiver sees them: each once, and in order? */
export class Arrivals {
  #next = 0;
  readonly #early = new Set<number>();
  doubled = 0;
  outOfOrder = 0;

  /** false: it had come before. */
  arrived(sequence: number): boolean {
    if (sequence < this.#next || this.#early.has(sequence)) {
      this.doubled += 1;
      return false;
    }
    if (sequence > this.#next) {
      this.outOfOrder += 1;
      this.#early.add(sequence);
      return true;
    }
    this.#next += 1;
    while (this.#early.delete(this.#next)) this.#next += 1;
    return true;
  }

  /** How many of the first `sent` have not come. */
  missing(sent: number): number {
    return sent - this.#next - this.#early.size;
  }
}
