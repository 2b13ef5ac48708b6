import { setTimeout as delay } from 'node:timers/promises';

export interface LeftOut {
  readonly name: string;
  /** For people. */
  readonly why: string;
}

export interface TimeFor {
  /** A measure that takes at least so long is not begun with less. In milliseconds, as all of it. */
  readonly needsMs?: number;
  /** What has to be left for those that follow. */
  readonly reserveMs?: number;
}

const MS_PER_S = 1000;

/** The time that a run has. A slow machine has too little for everything: then measures are left out, and it is said which. */
export class Budget {
  readonly #endsAt: number;
  readonly #onLeftOut: (leftOut: LeftOut) => void;
  readonly #leftOut: LeftOut[] = [];

  constructor(limitMs: number, onLeftOut: (leftOut: LeftOut) => void) {
    this.#endsAt = performance.now() + limitMs;
    this.#onLeftOut = onLeftOut;
  }

  get leftOut(): readonly LeftOut[] {
    return this.#leftOut;
  }

  /** Less is left than nothing once it is over. */
  leftMs({ reserveMs = 0 }: TimeFor = {}): number {
    return this.#endsAt - reserveMs - performance.now();
  }

  /** null: left out, as there was too little time, or it was not done in time: what it has begun ends with the run. Rejects as `work` does. */
  async measure<Result>(name: string, time: TimeFor, work: () => Promise<Result>): Promise<Result | null> {
    const leftMs = this.leftMs(time);
    if (leftMs <= (time.needsMs ?? 0)) return this.#leaveOut(name, 'there was no time left for it');
    const done = new AbortController();
    // Timers may be a little early: then there would still be time for the next one.
    const late = delay(Math.ceil(leftMs) + 1, null, { signal: done.signal }).catch(() => null);
    const working = work().then((result) => ({ result }));
    // Once it is left out nobody asks how it ends.
    working.catch(() => {});
    try {
      const first = await Promise.race([working, late]);
      return first
        ? first.result
        : this.#leaveOut(name, `not done within ${Math.round(leftMs / MS_PER_S)} s on this machine`);
    } finally {
      done.abort();
    }
  }

  #leaveOut(name: string, why: string): null {
    const leftOut = { name, why };
    this.#leftOut.push(leftOut);
    this.#onLeftOut(leftOut);
    return null;
  }
}
