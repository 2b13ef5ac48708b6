/**
 * Decided in parallel, appended in order: attempt n of a command starts after attempt n of every earlier command of its
 * request that is not finished. An earlier one that takes longer to decide is waited for, but not until it has been
 * repeated; and nobody waits for one that is finished.
 */
export class AppendOrder {
  readonly #earlier: AppendOrder | undefined;
  #attempts = 0;
  #isReleased = false;
  #waiting: (() => void)[] = [];

  /** Of one command; `earlier` is that of the command before it, none for the first of a request. */
  constructor(earlier?: AppendOrder) {
    this.#earlier = earlier;
  }

  /** Starts `append`, the command's next attempt, when it is its turn; settles as `append` does. */
  async run<Result>(append: () => Promise<Result>): Promise<Result> {
    const attempt = this.#attempts + 1;
    await this.#earlier?.waitFor(attempt);
    this.#attempts = attempt;
    this.#wake();
    return append();
  }

  /** The command is finished and appends no more: later ones go on without it. */
  release(): void {
    this.#isReleased = true;
    this.#wake();
  }

  /** Resolves when so many attempts of this command, and of every earlier one, have started, or never will. */
  async waitFor(attempts: number): Promise<void> {
    while (this.#attempts < attempts && !this.#isReleased)
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    if (this.#attempts < attempts) await this.#earlier?.waitFor(attempts);
  }

  #wake(): void {
    for (const resolve of this.#waiting.splice(0)) resolve();
  }
}
