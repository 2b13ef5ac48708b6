import type { RecordedEvent } from '../platform/event-store/event-store.ts';
import { keptOf } from '../platform/event-store/retention.ts';

/** An event that has been projected, or parked. */
export interface ProjectedEvent {
  readonly position: bigint;
  readonly id: string;
}

/** By which read models recognise the log that they were projected from. */
export interface Landmarks {
  /** The last event that has been projected; null: none. Where retention may take it out of the log, it can be gone. */
  readonly last: ProjectedEvent | null;
  /** The last of those that the log keeps for ever. */
  readonly lasting: ProjectedEvent | null;
}

export const NO_LANDMARKS: Landmarks = { last: null, lasting: null };

/** When these events, in the log's order, have been projected too. */
export const landmarksAfter = (
  { last, lasting }: Landmarks,
  events: readonly RecordedEvent[],
): Landmarks => ({
  last: events.at(-1) ?? last,
  lasting: events.findLast(({ stream }) => keptOf(stream) === null) ?? lasting,
});
