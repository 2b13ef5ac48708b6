import { LRUCache } from 'lru-cache';
import { type AppendCondition, type AppendResult, EventStoreUnavailable, NO_STREAM } from '../event-store.ts';
import type { LogClient } from './log-client.ts';
import type { ReadLane } from './read-lane.ts';
import type { ClientEvent } from './recorded-event.ts';
import { scanLog } from './scan-log.ts';
import { StreamEnds } from './stream-ends.ts';

export interface ConditionalAppendsOptions {
  readonly log: Pick<LogClient, 'subscribe' | 'lastPlace'>;
  readonly reads: Pick<ReadLane<readonly ClientEvent[]>, 'read'>;
  /** Appends that wait for a scan. */
  readonly maxWaiting: number;
  readonly timeoutMs: number;
}

/**
 * How old a look at a stream may be that `mayLag`. While appends rest on such streams the log is scanned about twice as
 * often, so that nobody waits for it.
 */
export const LONGEST_LAG_MS = 100;
/** Longer, as clocks do not all run at the same pace, and timers end a little early. */
export const COMMIT_WAIT_MS = 1.1 * LONGEST_LAG_MS;

/** Each has a memory of its own; we have one. */
const CATEGORIES = 16;

const OUTDATED: AppendResult = { outcome: 'outdated' };

/**
 * The way to the server of appends that rest on another stream. It cannot tell within an append where that one is, so it
 * is looked at right before, or was shortly before if it may lag. Those that rest on the same stream leave in the order in which
 * they came, whichever scan or read answers first. Beyond the bound, appends are rejected with `EventStoreUnavailable` at once.
 */
export class ConditionalAppends {
  readonly #options: ConditionalAppendsOptions;
  readonly #categories = new LRUCache<string, StreamEnds>({ max: CATEGORIES });
  /** The last in each stream's line; settled when it has left. */
  readonly #lines = new Map<string, Promise<unknown>>();
  #waiting = 0;

  constructor(options: ConditionalAppendsOptions) {
    this.#options = options;
  }

  /**
   * Appends if the condition holds, whatever was appended to its stream before. Rejects as `StreamEnds` does. That the
   * scan came too late is for `append` to find.
   */
  async append(condition: AppendCondition, append: () => Promise<AppendResult>): Promise<AppendResult> {
    if (this.#waiting >= this.#options.maxWaiting) {
      throw new EventStoreUnavailable('too many appends are waiting');
    }
    this.#waiting += 1;
    const leaving = this.#leave(condition, append, this.#lines.get(condition.stream));
    this.#lines.set(condition.stream, leaving);
    try {
      const { appending } = await leaving;
      return appending;
    } finally {
      this.#waiting -= 1;
      if (this.#lines.get(condition.stream) === leaving) this.#lines.delete(condition.stream);
    }
  }

  /** All that waited have left, or never will: their deadlines see to that. No scan that they wait for is under way then. */
  async settled(): Promise<void> {
    await Promise.allSettled(this.#lines.values());
  }

  async #leave(
    { stream, revision, mayLag }: AppendCondition,
    append: () => Promise<AppendResult>,
    before?: Promise<unknown>,
  ) {
    const looking = this.#endsLike(stream).revision(stream, mayLag ? LONGEST_LAG_MS : 0);
    const [end] = await Promise.allSettled([looking, before]);
    if (end.status === 'rejected') throw end.reason;
    return { appending: end.value === revision ? append() : OUTDATED };
  }

  #endsLike(stream: string): StreamEnds {
    const category = /^[^-]*-?/.exec(stream)?.[0] ?? stream;
    const known = this.#categories.get(category);
    if (known) return known;
    const { log, reads, timeoutMs } = this.#options;
    const ends = new StreamEnds({
      readEnd: async (one) => {
        const [last] = await reads.read(one, { direction: 'backwards', limit: 1 });
        return last ? Number(last.revision) : NO_STREAM;
      },
      lastPlace: () => log.lastPlace(timeoutMs),
      scan: (after, leftMs, into) => scanLog(log, after, category, leftMs, into),
      timeoutMs,
    });
    this.#categories.set(category, ends);
    return ends;
  }
}
