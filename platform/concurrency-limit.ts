export interface ConcurrencyLimits {
  /** How much work runs at once. */
  readonly running: number;
  /** How much of it may have the same key. Default: all of it. */
  readonly runningPerKey?: number;
  /** How much work may wait for its turn. */
  readonly waiting: number;
  /** How long it waits at most, in milliseconds: what comes later than that is too late for whoever asked. */
  readonly maxWaitMs: number;
}

/** The work was not begun: too much is waiting, or it has waited too long. The same may go well a moment later. */
export class Overloaded extends Error {
  override readonly name = 'Overloaded';
}

/** The work was not begun: whoever asked for it has gone. */
export class Abandoned extends Error {
  override readonly name = 'Abandoned';
}

interface Waiter {
  readonly isAbandoned: () => boolean;
  readonly begin: () => void;
  readonly refuse: (error: Error) => void;
}

interface Lane {
  running: number;
  /** In the order in which they came. */
  readonly waiting: Set<Waiter>;
}

/**
 * Protects what is scarce (connections, threads) from being asked for more than it can do: a bounded amount of work
 * runs, a bounded amount waits, for a bounded time, and the rest is refused at once.
 *
 * Fair by key, usually a user or an address: keys take turns, so that who asks for much waits for himself alone, and
 * within a key first come, first served. When the queue is full, the newest work of the key that has most in it gives
 * way: a newcomer is refused only when nobody has more waiting than he would have.
 *
 * Work whose asker has gone gives way first, and is not begun when its turn comes.
 *
 * @example
 * const limit = new ConcurrencyLimit({ running: 8, runningPerKey: 2, waiting: 512, maxWaitMs: 2000 });
 * const page = await limit.run(username, () => readPage(), () => request.isAbandoned());
 */
export class ConcurrencyLimit {
  readonly #limits: Required<ConcurrencyLimits>;
  /** Of the keys of all that runs or waits. */
  readonly #lanes = new Map<string, Lane>();
  /** Keys whose first waiting work could run if there were room, the next one first. */
  readonly #ready = new Set<string>();
  #running = 0;
  #waiting = 0;

  constructor(limits: ConcurrencyLimits) {
    this.#limits = { runningPerKey: limits.running, ...limits };
  }

  get running(): number {
    return this.#running;
  }

  get waiting(): number {
    return this.#waiting;
  }

  /** Settles as `work` does; rejects with `Overloaded` or `Abandoned` when it was not begun. */
  async run<Result>(
    key: string,
    work: () => Promise<Result>,
    isAbandoned: () => boolean = () => false,
  ): Promise<Result> {
    if (isAbandoned()) throw new Abandoned('the asker has gone');
    const lane = this.#laneOf(key);
    // When there is room nobody else is ready for it.
    if (this.#hasRoom() && this.#isReady(lane)) this.#begin(lane);
    else await this.#turn(key, lane, isAbandoned);
    try {
      return await work();
    } finally {
      this.#end(key, lane);
    }
  }

  #laneOf(key: string): Lane {
    const lane = this.#lanes.get(key) ?? { running: 0, waiting: new Set() };
    this.#lanes.set(key, lane);
    return lane;
  }

  #hasRoom(): boolean {
    return this.#running < this.#limits.running;
  }

  #isReady(lane: Lane): boolean {
    return lane.running < this.#limits.runningPerKey;
  }

  #begin(lane: Lane): void {
    lane.running += 1;
    this.#running += 1;
  }

  #end(key: string, lane: Lane): void {
    lane.running -= 1;
    this.#running -= 1;
    this.#settle(key, lane);
    this.#beginNext();
  }

  /** Resolves when the work has been counted as running. */
  async #turn(key: string, lane: Lane, isAbandoned: () => boolean): Promise<void> {
    if (this.#waiting >= this.#limits.waiting) this.#dropAbandoned();
    if (this.#waiting >= this.#limits.waiting) this.#giveWay(key, lane);
    await new Promise<void>((resolve, reject) => {
      const leave = () => {
        clearTimeout(deadline);
        lane.waiting.delete(waiter);
        this.#waiting -= 1;
      };
      const refuse = (error: Error) => {
        leave();
        this.#settle(key, lane);
        reject(error);
      };
      const waiter: Waiter = {
        isAbandoned,
        refuse,
        begin: () => {
          leave();
          this.#begin(lane);
          resolve();
        },
      };
      const deadline = setTimeout(
        () => refuse(new Overloaded('waited too long for its turn')),
        this.#limits.maxWaitMs,
      );
      // A lane may have been let go of while room was made.
      this.#lanes.set(key, lane);
      lane.waiting.add(waiter);
      this.#waiting += 1;
      this.#settle(key, lane);
    });
  }

  /** After a change: whether the key waits for room, and is known at all. */
  #settle(key: string, lane: Lane): void {
    if (lane.waiting.size === 0 || !this.#isReady(lane)) this.#ready.delete(key);
    else this.#ready.add(key);
    if (lane.waiting.size === 0 && lane.running === 0) this.#lanes.delete(key);
  }

  #beginNext(): void {
    while (this.#hasRoom()) {
      const [key] = this.#ready;
      const lane = key === undefined ? undefined : this.#lanes.get(key);
      const [next] = lane?.waiting ?? [];
      if (key === undefined || !lane || !next) return;
      if (next.isAbandoned()) {
        next.refuse(new Abandoned('the asker has gone'));
        continue;
      }
      // Behind the others, if more of it waits.
      this.#ready.delete(key);
      next.begin();
      this.#settle(key, lane);
    }
  }

  #dropAbandoned(): void {
    for (const { waiting } of this.#lanes.values())
      for (const waiter of waiting)
        if (waiter.isAbandoned()) waiter.refuse(new Abandoned('the asker has gone'));
  }

  /** Makes room for one more of this lane, or throws. */
  #giveWay(key: string, lane: Lane): void {
    const refusal = new Overloaded('too much is waiting');
    const lanes = [...this.#lanes.values()];
    const longest = lanes.reduce((one, other) => (other.waiting.size > one.waiting.size ? other : one), lane);
    const newest = [...longest.waiting].at(-1);
    if (longest.waiting.size > lane.waiting.size + 1 && newest) {
      newest.refuse(refusal);
      return;
    }
    this.#settle(key, lane);
    throw refusal;
  }
}
