import type { DomainEvent } from '../../domain/domain-event.ts';
import {
  type AppendCondition,
  type AppendResult,
  assertAppendable,
  type EventStore,
  type NewEvent,
  NO_STREAM,
  type ReadOptions,
  type RecordedEvent,
} from '../../platform/event-store/event-store.ts';
import type { StreamName } from '../../platform/event-store/stream-name.ts';

/** A log in memory, for histories by the hundred: never away, never slow. Nobody can subscribe to it, `events` has all. */
export class MemoryLog implements EventStore {
  readonly events: RecordedEvent[] = [];
  readonly #streams = new Map<string, RecordedEvent[]>();

  async append<E extends DomainEvent>(
    stream: StreamName<E>,
    expectedRevision: number,
    events: readonly NewEvent<E>[],
    condition?: AppendCondition,
  ): Promise<AppendResult> {
    assertAppendable(stream, events, condition);
    const stored = this.#streams.get(stream) ?? [];
    // As a real log, by what stands at its place: the same append at another one is none that it knows.
    const before = stored.slice(expectedRevision + 1, expectedRevision + 1 + events.length);
    const last = before.at(-1);
    if (last && before.every(({ id }, index) => id === events[index]?.id))
      return { outcome: 'appended', position: last.position };
    const actualRevision = this.#revisionOf(stream);
    if (actualRevision !== expectedRevision) return { outcome: 'conflict', actualRevision };
    if (condition && this.#revisionOf(condition.stream) !== condition.revision)
      return { outcome: 'outdated' };
    for (const event of events) {
      // There are holes between positions, as a real log may have.
      const position = (this.events.at(-1)?.position ?? -1n) + (this.events.length % 3 === 0 ? 2n : 1n);
      const recorded = { ...event, position, stream, revision: stored.length };
      stored.push(recorded);
      this.events.push(recorded);
    }
    this.#streams.set(stream, stored);
    return { outcome: 'appended', position: this.events.at(-1)?.position ?? 0n };
  }

  async readStream<E extends DomainEvent>(
    stream: StreamName<E>,
    { direction, limit }: ReadOptions,
  ): Promise<RecordedEvent<E>[]> {
    const stored = this.#streams.get(stream) ?? [];
    const read = (direction === 'forwards' ? stored : stored.toReversed()).slice(0, limit);
    return read.map((recorded) => ({ ...recorded, event: copyOf(recorded) }));
  }

  async readAt(position: bigint): Promise<RecordedEvent | null> {
    const recorded = this.events.find((event) => event.position === position);
    return recorded ? { ...recorded, event: copyOf(recorded) } : null;
  }

  async commitWait(): Promise<void> {}

  async end(): Promise<bigint> {
    return this.events.at(-1)?.position ?? -1n;
  }

  subscribe(): never {
    throw new Error('nobody can subscribe to a log in memory');
  }

  async identity(): Promise<string> {
    throw new Error('a log in memory has no identity');
  }

  renewIdentity(): Promise<string> {
    return this.identity();
  }

  async close(): Promise<void> {}

  #revisionOf(stream: string): number {
    return (this.#streams.get(stream)?.length ?? 0) + NO_STREAM;
  }
}

/** As any log gives it back. */
const copyOf = ({ event }: RecordedEvent) => JSON.parse(JSON.stringify(event));
