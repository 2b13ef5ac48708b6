import { beginBy, EventStoreUnavailable, type ReadOptions } from '../event-store.ts';

export interface ReadLaneOptions<Found> {
  /** Takes no longer than `timeoutMs`, as does `readAt`. */
  readonly read: (stream: string, options: ReadOptions, timeoutMs: number) => Promise<Found>;
  /** What stands at a place of the log. */
  readonly readAt: (place: bigint, timeoutMs: number) => Promise<Found>;
  readonly maxUnderWay: number;
  /** How long a read may wait, and then take. */
  readonly timeoutMs: number;
}

type Read<Found> = (timeoutMs: number) => Promise<Found>;

interface WaitingRead<Found> {
  /** Of those who share it, the latest. */
  deadline: number;
  /** Not begun by then, it is not begun at all. */
  beginBy: number;
  readonly begin: () => void;
  readonly outcome: Promise<Found>;
}

/**
 * The way of all reads of streams and places to the server: a bounded number at a time, each is a call of its own there. Whoever
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

  /** Rejects with `EventStoreUnavailable` when it has waited too long, else as the option `read` does. */
  read(stream: string, options: ReadOptions): Promise<Found> {
    const key = `${options.direction} ${options.limit} ${stream}`;
    return this.#share(key, options.deadline, (timeoutMs) => this.#options.read(stream, options, timeoutMs));
  }

  /** As `read`. `deadline` by `performance.now()`. */
  readAt(place: bigint, deadline?: number): Promise<Found> {
    return this.#share(`at ${place}`, deadline, (timeoutMs) => this.#options.readAt(place, timeoutMs));
  }

  #share(key: string, deadline: number | undefined, read: Read<Found>): Promise<Found> {
    const waiting = this.#waiting.get(key) ?? this.#wait(key, read);
    const now = performance.now();
    waiting.deadline = Math.max(waiting.deadline, deadline ?? Number.POSITIVE_INFINITY);
    waiting.beginBy = Math.max(waiting.beginBy, beginBy(now, deadline, this.#options.timeoutMs));
    this.#pump();
    return waiting.outcome;
  }

  #wait(key: string, read: Read<Found>): WaitingRead<Found> {
    let begin = () => {};
    const begun = new Promise<void>((resolve) => {
      begin = resolve;
    });
    const outcome = begun.then(() => this.#read(read, waiting));
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

  async #read(read: Read<Found>, { deadline, beginBy }: WaitingRead<Found>): Promise<Found> {
    try {
      const now = performance.now();
      if (now > beginBy) throw new EventStoreUnavailable('a read waited too long');
      return await read(Math.min(deadline - now, this.#options.timeoutMs));
    } finally {
      this.#underWay -= 1;
      this.#pump();
    }
  }
}
