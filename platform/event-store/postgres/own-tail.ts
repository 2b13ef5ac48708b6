import type { LogBatch, RecordedEvent } from '../event-store.ts';

/**
 * The newest events of the log as far as this store has appended them itself, without a gap: its subscriptions need
 * not read back what it has just written. Positions in this log grow by one from event to event, which tells a gap.
 */
export class OwnTail {
  readonly #maxEvents: number;
  #events: RecordedEvent[] = [];

  /** Keeps this many events, and at most twice as many. */
  constructor(maxEvents: number) {
    this.#maxEvents = maxEvents;
  }

  /** Takes newly stored events, at least one, in the order of the log and without a gap. */
  add(events: readonly RecordedEvent[]): void {
    const [first, last] = [events[0]?.position, this.#events.at(-1)?.position];
    if (first === undefined || (last !== undefined && first <= last)) return;
    if (last !== undefined && first > last + 1n) this.#events = [];
    this.#events.push(...events);
    if (this.#events.length > 2 * this.#maxEvents) this.#events = this.#events.slice(-this.#maxEvents);
  }

  /** What follows directly upon `position`, looking at `limit` events at most; null when that is not here. */
  after(
    position: bigint,
    { prefixes, limit }: { readonly prefixes: readonly string[]; readonly limit: number },
  ): Omit<LogBatch, 'caughtUp'> | null {
    const [first] = this.#events;
    if (!first || position + 1n < first.position) return null;
    const start = Number(position + 1n - first.position);
    const following = this.#events.slice(start, start + limit);
    const last = following.at(-1);
    if (!last) return null;
    return { events: following.filter(({ stream }) => matches(stream, prefixes)), position: last.position };
  }
}

const matches = (stream: string, prefixes: readonly string[]): boolean =>
  prefixes.length === 0 || prefixes.some((prefix) => stream.startsWith(prefix));
