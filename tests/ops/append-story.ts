import type { EventStore, RecordedEvent } from '../../platform/event-store/event-store.ts';

/** Appended at once at most. */
const EVENTS_AT_ONCE = 500;

/** Writes what a story tells into a real log, in its order. Answers the position of the last event. */
export async function appendStory(store: EventStore, events: readonly RecordedEvent[]): Promise<bigint> {
  const revisions = new Map<string, number>();
  let last = -1n;
  for (let first = 0; first < events.length; ) {
    const stream = events[first]?.stream ?? '';
    let end = first + 1;
    while (events[end]?.stream === stream && end - first < EVENTS_AT_ONCE) end += 1;
    const revision = revisions.get(stream) ?? -1;
    const result = await store.append(stream, revision, events.slice(first, end));
    if (result.outcome !== 'appended') throw new Error(result.outcome);
    revisions.set(stream, revision + end - first);
    last = result.position;
    first = end;
  }
  return last;
}
