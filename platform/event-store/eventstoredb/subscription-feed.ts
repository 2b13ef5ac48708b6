import type { LogBatch, RecordedEvent } from '../event-store.ts';
import type { LogSubscription, SubscriptionListener } from './log-client.ts';
import { toPlace } from './log-position.ts';
import { recordedEvent } from './recorded-event.ts';

/** What the server said between two events: true once `after` events have been taken. */
interface Mark {
  readonly after: number;
  readonly readUpTo: bigint;
  /** Unchanged when undefined. */
  readonly live?: boolean;
}

/** One subscription at the server, pulled in batches; what is not taken yet stays in the client's bounded buffer. */
export class SubscriptionFeed {
  readonly #subscription: LogSubscription;
  readonly #after: bigint;
  readonly #logEnd: bigint;
  readonly #batchSize: number;
  readonly #signal: AbortSignal;
  readonly #marks: Mark[] = [];
  #taken = 0;
  #live = false;
  #position: bigint;
  #over: Error | undefined;
  #wake = () => {};

  /**
   * `after`, exclusive, for whoever takes from it; the subscription may begin before. `logEnd` is where the log ended before this
   * began: once caught up, all of that has been looked at.
   */
  constructor(
    after: bigint,
    logEnd: bigint,
    batchSize: number,
    signal: AbortSignal,
    open: (listener: SubscriptionListener) => LogSubscription,
  ) {
    this.#after = after;
    this.#position = after;
    this.#logEnd = logEnd;
    this.#batchSize = batchSize;
    this.#signal = signal;
    const mark = (said: Omit<Mark, 'after'>) => {
      this.#marks.push({ ...said, after: this.#taken + this.#subscription.readableLength });
      this.#wake();
    };
    this.#subscription = open({
      readUpTo: (place) => mark({ readUpTo: place }),
      caughtUp: () => mark({ readUpTo: this.#logEnd, live: true }),
      fellBehind: () => mark({ readUpTo: after, live: false }),
      over: (reason) => {
        this.#over ??= reason;
        this.#wake();
      },
    });
    this.#subscription.onReadable(() => this.#wake());
  }

  /** Whether the server has said that it caught up. */
  get live(): boolean {
    return this.#live;
  }

  get position(): bigint {
    return this.#position;
  }

  /**
   * What is there, or what comes first; undefined when nothing comes for `patienceMs`, or the signal aborts. Throws the
   * reason why the subscription is over when all before its end is taken.
   */
  async next(patienceMs: number): Promise<LogBatch | undefined> {
    let waited = false;
    const stopWaiting = () => {
      waited = true;
      this.#wake();
    };
    const timer = setTimeout(stopWaiting, patienceMs);
    this.#signal.addEventListener('abort', stopWaiting, { once: true });
    try {
      while (!this.#signal.aborted) {
        const batch = this.#take();
        if (batch) return batch;
        if (this.#over) throw this.#over;
        if (waited) return undefined;
        await new Promise<void>((wake) => {
          this.#wake = wake;
        });
      }
      return undefined;
    } finally {
      clearTimeout(timer);
      this.#signal.removeEventListener('abort', stopWaiting);
    }
  }

  close(): void {
    this.#subscription.close();
  }

  #take(): LogBatch | undefined {
    const [position, live] = [this.#position, this.#live];
    const events: RecordedEvent[] = [];
    this.#passMarks();
    while (events.length < this.#batchSize) {
      const found = this.#subscription.read();
      if (!found) break;
      this.#taken += 1;
      const place = found.event ? toPlace(found.event.position) : -1n;
      if (found.event && place > this.#after) {
        this.#position = place;
        const event = recordedEvent(found.event);
        if (event) events.push(event);
      }
      this.#passMarks();
    }
    if (this.#position === position && this.#live === live) return undefined;
    const caughtUp = this.#live && this.#marks.length === 0 && this.#subscription.readableLength === 0;
    return { events, position: this.#position, caughtUp };
  }

  #passMarks(): void {
    for (let mark = this.#marks[0]; mark && mark.after <= this.#taken; mark = this.#marks[0]) {
      this.#marks.shift();
      if (mark.readUpTo > this.#position) this.#position = mark.readUpTo;
      this.#live = mark.live ?? this.#live;
    }
  }
}
