import { EventStoreUnavailable, type ReadOptions } from '../event-store.ts';

export interface ReadLaneOptions<Found> {
  /** Takes no longer than `timeoutMs`. */
  readonly read: (stream: string, options: ReadOptions, timeoutMs: number) => Promise<Found>;
  readonly maxUnderWay: number;
  /** From asking to the answer, waiting included. */
  readonly timeoutMs: number;
}

interface WaitingRead<Found> {
  /** When the first who asked gives up. */
  readonly deadline: number;
  readonly begin: () => void;
  readonly outcome: Promise<Found>;
}

/**
 * The way of all reads of streams to the server: a bounded number at a time, each is a call of its own there. Whoever
 * asks for what is already waiting shares that read: it begins after both have asked, so both see all that was stored
 * before they did. The more there is to do, the more is shared.
 */
export class ReadLane<Found> {
  readonly #options: ReadLaneOptions<Found>;
  readonly #waiting = new Map<string, WaitingRead<Found>>();
  #underWay = 0;

  constructor(options: ReadLaneOptions<Found>) {
    this.#options = options;
  }

  /** Rejects with `EventStoreUnavailable` after `timeoutMs`, else as `read` does. */
  read(stream: string, options: ReadOptions): Promise<Found> {
    const key = `${options.direction} ${options.limit} ${stream}`;
    const waiting = this.#waiting.get(key) ?? this.#wait(key, stream, options);
    this.#pump();
    return waiting.outcome;
  }

  #wait(key: string, stream: string, options: ReadOptions): WaitingRead<Found> {
    const deadline = performance.now() + this.#options.timeoutMs;
    let begin = () => {};
    const outcome = new Promise<void>((resolve) => {
      begin = resolve;
    }).then(() => this.#read(stream, options, deadline));
    const waiting = { deadline, begin, outcome };
    this.#waiting.set(key, waiting);
    return waiting;
  }

  #pump(): void {
    for (const [key, { begin }] of this.#waiting) {
      if (this.#underWay >= this.#options.maxUnderWay) return;
      this.#waiting.delete(key);
      this.#underWay += 1;
      begin();
    }
  }

  async #read(stream: string, options: ReadOptions, deadline: number): Promise<Found> {
    try {
      const leftMs = deadline - performance.now();
      if (leftMs <= 0) throw new EventStoreUnavailable('a read waited too long');
      return await this.#options.read(stream, options, leftMs);
    } finally {
      this.#underWay -= 1;
      this.#pump();
    }
  }
}
