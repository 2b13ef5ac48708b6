/** Tasks under way at once, up to a limit; others wait in their order. One that rejects ends the process. */
export class InFlight {
  readonly #limit: number;
  readonly #waiting: (() => Promise<void>)[] = [];
  #underWay = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  add(task: () => Promise<void>): void {
    this.#waiting.push(task);
    this.#startNext();
  }

  #startNext(): void {
    if (this.#underWay === this.#limit) return;
    const task = this.#waiting.shift();
    if (!task) return;
    this.#underWay += 1;
    void task().then(() => {
      this.#underWay -= 1;
      this.#startNext();
    });
  }
}
