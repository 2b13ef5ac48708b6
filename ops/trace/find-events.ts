import type { EventStore, RecordedEvent } from '../../platform/event-store/event-store.ts';
import { streamOf } from '../../platform/event-store/stream-name.ts';

export interface Found {
  readonly events: readonly RecordedEvent[];
  /** There are more: only the first are here. */
  readonly isCut: boolean;
}

export interface FindOptions {
  /** Where the search of the log begins, exclusive. */
  readonly after: bigint;
  readonly signal: AbortSignal;
  readonly onProgress: (read: number, position: bigint) => void;
}

/** Of one id: no command makes so many, a correlation hardly. */
const EVENTS_LIMIT = 1000;

const BATCH_EVENTS = 2000;

/** Things that have a stream of their own by an id that clients know. */
const STREAMS_BY_ID = ['message', 'relationship'] as const;

/**
 * The events that an id is about, in the order of the log. The id of a message or a chat names a stream; that of a
 * command, a correlation, a cause or an event stands in metadata, and the log is read for it up to its end as it is now.
 */
export async function findEvents(store: EventStore, id: string, options: FindOptions): Promise<Found> {
  for (const category of STREAMS_BY_ID) {
    const stream = streamOf(category, id);
    const events = await store.readStream(stream, { direction: 'forwards', limit: EVENTS_LIMIT + 1 });
    if (events.length > 0) return cut(events);
  }
  return cut(await searchLog(store, id.toLowerCase(), options));
}

async function searchLog(
  store: EventStore,
  id: string,
  { after, signal, onProgress }: FindOptions,
): Promise<RecordedEvent[]> {
  const found: RecordedEvent[] = [];
  const over = new AbortController();
  const batches = store.subscribe({
    after,
    prefixes: [],
    batchSize: BATCH_EVENTS,
    signal: AbortSignal.any([signal, over.signal]),
  });
  let read = 0;
  try {
    for await (const { events, position, caughtUp } of batches) {
      found.push(...events.filter((event) => isAbout(event, id)));
      read += events.length;
      onProgress(read, position);
      if (caughtUp || found.length > EVENTS_LIMIT) break;
    }
    signal.throwIfAborted();
    return found;
  } finally {
    over.abort();
  }
}

const isAbout = ({ id: eventId, metadata }: RecordedEvent, id: string): boolean =>
  [eventId, metadata.commandId, metadata.correlationId, metadata.causationId].some(
    (each) => each.toLowerCase() === id,
  );

const cut = (events: readonly RecordedEvent[]): Found => ({
  events: events.slice(0, EVENTS_LIMIT),
  isCut: events.length > EVENTS_LIMIT,
});
