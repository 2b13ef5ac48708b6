/** Counts what is under way, for whoever must not go on before it has ended. */
export class WaitGroup {
  #underWay = 0;
  #waiting: (() => void)[] = [];

  get underWay(): number {
    return this.#underWay;
  }

  add(count = 1): void {
    this.#underWay += count;
  }

  /** To be called once for each that was added. */
  done(count = 1): void {
    this.#underWay -= count;
    if (this.#underWay > 0) return;
    for (const resolve of this.#waiting.splice(0)) resolve();
  }

  /** Resolves when nothing is under way, or after `patienceMs`. Without it, waits for as long as that takes. */
  async wait(patienceMs?: number): Promise<void> {
    if (this.#underWay === 0) return;
    await new Promise<void>((resolve) => {
      const timer = patienceMs === undefined ? undefined : setTimeout(resolve, patienceMs);
      this.#waiting.push(() => {
        clearTimeout(timer);
        resolve();
      });
    });
  }
}
