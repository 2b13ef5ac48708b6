import type { DomainEvent } from '../../domain/domain-event.ts';
import type { EventStore, LogBatch, RecordedEvent } from '../../platform/event-store/event-store.ts';
import type { StreamName } from '../../platform/event-store/stream-name.ts';

export const everything = <E extends DomainEvent>(
  store: EventStore,
  stream: StreamName<E>,
): Promise<RecordedEvent<E>[]> => store.readStream(stream, { direction: 'forwards', limit: 10_000 });

export interface Watching {
  readonly after?: bigint;
  readonly prefixes: readonly string[];
  readonly batchSize?: number;
  /** Called between a batch and the next. */
  readonly pause?: () => Promise<void>;
}

/** A subscriber that keeps what it gets. */
export interface Watcher {
  readonly events: RecordedEvent[];
  readonly batches: LogBatch[];
  /** Rejects when the subscription fails. */
  stop(): Promise<void>;
}

export function watch(
  store: EventStore,
  { after = -1n, batchSize = 100, prefixes, pause }: Watching,
): Watcher {
  const stopping = new AbortController();
  const events: RecordedEvent[] = [];
  const batches: LogBatch[] = [];
  const ended = (async () => {
    for await (const batch of store.subscribe({ after, prefixes, batchSize, signal: stopping.signal })) {
      batches.push(batch);
      events.push(...batch.events);
      await pause?.();
    }
  })();
  ended.catch(() => {});
  return {
    events,
    batches,
    stop: () => {
      stopping.abort();
      return ended;
    },
  };
}

/** All events that are there now. */
export async function catchUp(store: EventStore, watching: Watching): Promise<LogBatch[]> {
  const { after = -1n, batchSize = 100, prefixes } = watching;
  const stopping = new AbortController();
  const batches: LogBatch[] = [];
  for await (const batch of store.subscribe({ after, prefixes, batchSize, signal: stopping.signal })) {
    batches.push(batch);
    if (batch.caughtUp) stopping.abort();
  }
  return batches;
}
