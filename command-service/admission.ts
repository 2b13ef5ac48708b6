/** Commands that take this part of the time that gateways give are late: with more at once, they would be too late. */
const LATE = 0.5;
/** Then as many are taken at once as are answered in this part of that time. */
const AIM = 0.4;
/** For each that was answered in time while the room was used, there is room for so much more. */
const GROWTH = 0.125;
/** However slow the store: so many keep its ways busy, appends and reads alike. */
const FEWEST = 64;
/** Over which answers are counted, in milliseconds. */
const WINDOW_MS = 1000;
/** How many commands say how long they take now. */
const LAST_FEW = 16;
/** What is left of the time that gateways gave, when a command comes: most of it, for most. */
const FORGETTING = 0.999;

/**
 * How many commands are taken at once. In the end all of them wait for the store, somewhere on the way to it; so what is
 * taken is what the store answers in time, and the rest is refused at once, before it has cost anything. How much that is
 * shows in how long commands take: their number at once is their rate times how long each takes (Little's law). So while
 * they are in time there may slowly be more, and when the last few were late there is room for as many as are answered in two
 * fifths of the time that they have.
 *
 * It knows nothing of the store but its answers. While those come in time it refuses nobody below `most`.
 */
export class Admission {
  readonly #most: number;
  readonly #now: () => number;
  #limit: number;
  #underWay = 0;
  #windowBegan: number;
  #answeredInWindow = 0;
  #answeredBefore = 0;
  /** Of those that were answered, and of all. */
  #usualMs = 0;
  #recentMs = 0;
  #givenMs = 0;

  /** `now` in milliseconds. */
  constructor(most: number, now = () => performance.now()) {
    this.#most = most;
    this.#limit = most;
    this.#now = now;
    this.#windowBegan = now();
  }

  get underWay(): number {
    return this.#underWay;
  }

  /** How many there may be at once. */
  get limit(): number {
    return Math.floor(this.#limit);
  }

  /** Nothing is admitted, whoever asks. */
  get isFull(): boolean {
    return this.#underWay >= this.limit;
  }

  /** Whether something with so much time left has a chance. What is asked for together is taken whole. */
  admits(leftMs: number): boolean {
    this.#givenMs = Math.max(leftMs, this.#givenMs * FORGETTING);
    return this.#underWay === 0 || (!this.isFull && leftMs >= this.#usualMs);
  }

  /** Every command that begins has to end. */
  began(): void {
    this.#underWay += 1;
  }

  /** `answered`: false when there was no time, or no store, to tell what becomes of it. */
  ended(tookMs: number, answered: boolean): void {
    const wasFull = this.#underWay >= this.#limit / 2;
    this.#underWay -= 1;
    if (answered) {
      this.#turnWindow();
      this.#answeredInWindow += 1;
      this.#usualMs += (tookMs - this.#usualMs) / LAST_FEW;
    }
    this.#recentMs += ((answered ? tookMs : this.#givenMs) - this.#recentMs) / LAST_FEW;
    if (this.#recentMs > LATE * this.#givenMs) this.#shrink();
    else if (wasFull) this.#limit = Math.min(this.#most, this.#limit + GROWTH);
  }

  #shrink(): void {
    const inTime = (this.#answersPerSecond() * AIM * this.#givenMs) / 1000;
    this.#limit = Math.min(this.#limit, Math.max(inTime, FEWEST));
  }

  /** Over the last window: of the one before, that part which is not longer ago. */
  #answersPerSecond(): number {
    const gone = this.#turnWindow() / WINDOW_MS;
    return ((this.#answeredBefore * (1 - gone) + this.#answeredInWindow) * 1000) / WINDOW_MS;
  }

  /** How much of the present window is over, in milliseconds. */
  #turnWindow(): number {
    const gone = this.#now() - this.#windowBegan;
    if (gone < WINDOW_MS) return gone;
    this.#answeredBefore = gone < 2 * WINDOW_MS ? this.#answeredInWindow : 0;
    this.#answeredInWindow = 0;
    this.#windowBegan += Math.floor(gone / WINDOW_MS) * WINDOW_MS;
    return gone % WINDOW_MS;
  }
}
