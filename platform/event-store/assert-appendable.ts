import type { NewEvent, StreamAt } from './event-store.ts';

/** Throws a `RangeError` on what no store takes: no events, or a stream's name with a line feed. */
export function assertAppendable(stream: string, events: readonly NewEvent[], given?: StreamAt): void {
  if (events.length === 0) throw new RangeError('an append needs an event');
  if (stream.includes('\n') || given?.stream.includes('\n'))
    throw new RangeError('a stream name has no line feed');
}
