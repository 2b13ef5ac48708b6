import type { Decider } from '../domain/decider.ts';
import type { DomainEvent } from '../domain/domain-event.ts';
import {
  type EventStore,
  NO_STREAM,
  type ReadOptions,
  type RecordedEvent,
} from '../platform/event-store/event-store.ts';
import type { StreamName } from '../platform/event-store/stream-name.ts';

/** For streams that stay short. The limit is no bound, only the largest that every store takes. */
export const WHOLE_STREAM: ReadOptions = { direction: 'forwards', limit: 2 ** 31 - 1 };
/** For what is settled once and for all by the first event. */
export const FIRST_EVENT: ReadOptions = { direction: 'forwards', limit: 1 };
/** For what the last event tells alone. */
export const LAST_EVENT: ReadOptions = { direction: 'backwards', limit: 1 };
/** The same, where a command that is repeated must be known again although others came after it: so many, however long the stream is. */
export const LAST_EVENTS: ReadOptions = { direction: 'backwards', limit: 10 };

export interface LoadedStream<State, E extends DomainEvent> {
  readonly state: State;
  /** Those that were read, the oldest first. */
  readonly events: readonly RecordedEvent<E>[];
  /** Of the newest event read, as is `position`. */
  readonly revision: number;
  /** null: the stream does not exist. */
  readonly position: bigint | null;
}

type StateOf<State, E> = Pick<Decider<State, never, E, never>, 'initial' | 'evolve'>;

/** A stream as the store has it now; never from a cache. */
export async function loadStream<State, E extends DomainEvent>(
  store: EventStore,
  stream: StreamName<E>,
  part: ReadOptions,
  aggregate: StateOf<State, E>,
): Promise<LoadedStream<State, E>> {
  const read = await store.readStream(stream, part);
  const events = part.direction === 'backwards' ? read.toReversed() : read;
  if (events.length === 0) return emptyStream(aggregate);
  const last = events.at(-1);
  return {
    state: events.reduce((state, { event }) => aggregate.evolve(state, event), aggregate.initial),
    events,
    revision: last?.revision ?? NO_STREAM,
    position: last?.position ?? null,
  };
}

/** A stream that does not exist, or is presumed not to. */
export const emptyStream = <State, E extends DomainEvent>(
  aggregate: StateOf<State, E>,
): LoadedStream<State, E> => ({ state: aggregate.initial, events: [], revision: NO_STREAM, position: null });
