interface Timer {
  readonly at: number;
  run(): void;
}

/** Real time, which can be made to jump: then what was due in between happens at once, in its order. */
export class JumpingClock {
  readonly #timers = new Map<Timer, ReturnType<typeof setTimeout>>();
  #aheadMs = 0;

  readonly now = (): number => Date.now() + this.#aheadMs;

  readonly setTimer = (callback: () => void, ms: number): (() => void) => {
    const timer: Timer = {
      at: this.now() + Math.max(0, ms),
      run: () => {
        end();
        callback();
      },
    };
    const end = () => {
      clearTimeout(this.#timers.get(timer));
      this.#timers.delete(timer);
    };
    this.#arm(timer);
    return end;
  };

  /** What follows from one timer has a moment of real time before the next. */
  async jump(ms: number): Promise<void> {
    const end = this.now() + ms;
    for (;;) {
      const next = [...this.#timers.keys()].sort((a, b) => a.at - b.at)[0];
      if (!next || next.at > end) break;
      this.#aheadMs += Math.max(0, next.at - this.now());
      next.run();
      await new Promise((resolve) => setTimeout(resolve, 0));
    }
    this.#aheadMs += Math.max(0, end - this.now());
    for (const timer of this.#timers.keys()) this.#arm(timer);
  }

  #arm(timer: Timer): void {
    clearTimeout(this.#timers.get(timer));
    this.#timers.set(
      timer,
      setTimeout(() => timer.run(), timer.at - this.now()),
    );
  }
}
