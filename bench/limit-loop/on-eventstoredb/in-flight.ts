type Task = () => Promise<void>;

/** Tasks under way at once, up to a limit, and those of one line one after the other. One that rejects ends the process. */
export class InFlight {
  readonly #limit: number;
  readonly #lines = new Map<string, Promise<void>>();
  readonly #waiting: Task[] = [];
  #underWay = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  add(line: string, task: Task): void {
    const before = this.#lines.get(line) ?? Promise.resolve();
    this.#lines.set(
      line,
      before.then(() => this.#inTurn(task)),
    );
  }

  #inTurn(task: Task): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#waiting.push(() => task().then(resolve, reject));
      this.#startNext();
    });
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
