/**
 * Where a command stands among those that came with it. They are decided side by side, which may take one longer than
 * those behind it, and may have to be repeated; what they append is nevertheless appended in their order: the n-th try of
 * each begins after the n-th of all before it. Whoever is over is not waited for.
 */
export class PlaceInLine {
  readonly #before: PlaceInLine | undefined;
  #begun = 0;
  #isOver = false;
  #waiting: (() => void)[] = [];

  /** `before`: none for the first. */
  constructor(before?: PlaceInLine) {
    this.#before = before;
  }

  /** Calls `append`, once for each try, when those before it have called theirs. */
  async inTurn<Result>(append: () => Promise<Result>): Promise<Result> {
    const tries = this.#begun + 1;
    await this.#before?.reached(tries);
    this.#begun = tries;
    this.#wake();
    return append();
  }

  /** Nothing more is appended for this command. */
  over(): void {
    this.#isOver = true;
    this.#wake();
  }

  async reached(tries: number): Promise<void> {
    while (this.#begun < tries && !this.#isOver)
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    if (this.#begun < tries) await this.#before?.reached(tries);
  }

  #wake(): void {
    for (const resolve of this.#waiting.splice(0)) resolve();
  }
}
