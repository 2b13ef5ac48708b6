import type { RecordedEvent } from '../platform/event-store/event-store.ts';
import { fromEvents } from '../read-models/unprojectable-event.ts';
import type { FeedFrame } from './changes.ts';
import { foldEvents } from './fold-events.ts';
import { loadKnownRows } from './known-rows.ts';
import type { Leadership } from './leadership.ts';
import { type Checkpoint, writeChanges } from './write-changes.ts';

/**
 * Projects these events, all or none, and moves the checkpoint. Answers with what users have to be told.
 * One round trip, two when they build on rows that the leader does not remember.
 */
export async function applyEvents(
  leadership: Leadership,
  events: readonly RecordedEvent[],
  next: Checkpoint,
): Promise<readonly FeedFrame[]> {
  const known = await loadKnownRows(leadership, events);
  const changes = fromEvents(() => foldEvents(known, events, leadership.log));
  await writeChanges(leadership, changes, { ...next, lastEvent: events.at(-1) ?? leadership.lastEvent });
  leadership.memory.remember(changes);
  return changes.frames;
}
