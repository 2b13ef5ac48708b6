/** A place in EventStoreDB's log. `commit` and `prepare` are equal for every event that was appended over gRPC. */
export interface LogPosition {
  readonly commit: bigint;
  readonly prepare: bigint;
}

/**
 * One number for a place, in the log's order: odd for an event (read up to and including it), even for the gap before
 * one (checkpoints of the server name such gaps by a `prepare` of 0). The two must not be mixed up: resuming after an
 * event that is not written yet would skip it.
 */
export const toPlace = ({ commit, prepare }: LogPosition): bigint =>
  commit * 2n + (prepare < commit ? 0n : 1n);

/** Beyond it, the server's own numbers end. */
const LAST_PLACE = 2n ** 63n - 1n;

/** Whether an event can stand there: the place is no gap. */
export const isPlaceOfEvent = (place: bigint): boolean =>
  place > 0n && place <= LAST_PLACE && place % 2n === 1n;

/** The position to resume after; none before the start of the log. */
export function fromPlace(place: bigint): LogPosition | undefined {
  if (place < 0n) return undefined;
  const commit = place / 2n;
  return { commit, prepare: place % 2n === 1n ? commit : 0n };
}
