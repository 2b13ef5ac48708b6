import { beginBy, EventStoreUnavailable, type ReadOptions } from '../event-store.ts';

export interface ReadLaneOptions<Found> {
  /** Takes no longer than `timeoutMs`. */
  readonly read: (stream: string, options: ReadOptions, timeoutMs: number) => Promise<Found>;
  readonly maxUnderWay: number;
  /** How long a read may wait, and then take. */
  readonly timeoutMs: number;
}

interface WaitingRead<Found> {
  /** Of those who share it, the latest. */
  deadline: number;
  /** Not begun by then, it is not begun at all. */
  beginBy: number;
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

  /** Rejects with `EventStoreUnavailable` when it has waited too long, else as `read` does. */
  read(stream: string, options: ReadOptions): Promise<Found> {
    const key = `${options.direction} ${options.limit} ${stream}`;
    const waiting = this.#waiting.get(key) ?? this.#wait(key, stream, options);
    const now = performance.now();
    const { deadline = Number.POSITIVE_INFINITY } = options;
    waiting.deadline = Math.max(waiting.deadline, deadline);
    waiting.beginBy = Math.max(waiting.beginBy, beginBy(now, options.deadline, this.#options.timeoutMs));
    this.#pump();
    return waiting.outcome;
  }

  #wait(key: string, stream: string, options: ReadOptions): WaitingRead<Found> {
    let begin = () => {};
    const begun = new Promise<void>((resolve) => {
      begin = resolve;
    });
    const outcome = begun.then(() => this.#read(stream, options, waiting));
    const waiting: WaitingRead<Found> = { deadline: 0, beginBy: 0, begin, outcome };
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

  async #read(
    stream: string,
    options: ReadOptions,
    { deadline, beginBy }: WaitingRead<Found>,
  ): Promise<Found> {
    try {
      const now = performance.now();
      if (now > beginBy) throw new EventStoreUnavailable('a read waited too long');
      return await this.#options.read(stream, options, Math.min(deadline - now, this.#options.timeoutMs));
    } finally {
      this.#underWay -= 1;
      this.#pump();
    }
  }
}
