import { randomInt } from 'node:crypto';
import type { DomainEvent } from '../../domain/domain-event.ts';
import type { StreamName } from './stream-name.ts';

/** The revision a stream must be at before its first event. */
export const NO_STREAM = -1;

/** Flat, strings only: what every store and every tool can carry. */
export interface EventMetadata {
  readonly commandId: string;
  readonly correlationId: string;
  readonly causationId: string;
  /** Username of the one who caused it. */
  readonly actor: string;
  readonly schemaVersion: string;
  /** Of the trace that stored it; only where tracing is on. */
  readonly traceparent?: string;
}

export interface NewEvent<E extends DomainEvent = DomainEvent> {
  /** A uuid derived from the command, so that a repeated append is recognised. */
  readonly id: string;
  readonly event: E;
  readonly metadata: EventMetadata;
}

export interface RecordedEvent<E extends DomainEvent = DomainEvent> extends NewEvent<E> {
  /** Place in the log. Grows from event to event, not always by one. */
  readonly position: bigint;
  readonly stream: string;
  /** Place in the stream: 0, 1, 2, … */
  readonly revision: number;
}

export type AppendResult =
  /** Durably stored, now or by an earlier append of the same event ids. `position` is the last event's. */
  | { readonly outcome: 'appended'; readonly position: bigint }
  /** Nothing stored: the stream is at `actualRevision` (`NO_STREAM` when it does not exist). */
  | { readonly outcome: 'conflict'; readonly actualRevision: number }
  /** Nothing stored: the condition does not hold. */
  | { readonly outcome: 'outdated' };

/** That this other stream is still as it was when the events were decided on. */
export interface AppendCondition {
  readonly stream: StreamName;
  /** `NO_STREAM`: it did not exist. */
  readonly revision: number;
  /**
   * A store that cannot look and append in one step may look at the stream as it was shortly before. So whoever changes the stream
   * awaits `commitWait` before telling anybody. Default: false.
   */
  readonly mayLag?: boolean;
}

export interface ReadOptions {
  readonly direction: 'forwards' | 'backwards';
  /** At most this many events. */
  readonly limit: number;
  /** By `performance.now()`: who asks is gone then. */
  readonly deadline?: number | undefined;
}

export interface SubscribeOptions {
  /** Exclusive; -1n reads from the start. */
  readonly after: bigint;
  /** Only streams whose name starts with one of these; all when empty. */
  readonly prefixes: readonly string[];
  /** At most this many events in a batch. */
  readonly batchSize: number;
  /** Ends the subscription: the iteration finishes without an error. */
  readonly signal: AbortSignal;
}

export interface LogBatch {
  /** In log order; may be empty when only other streams have moved. */
  readonly events: readonly RecordedEvent[];
  /** The log has been read up to here, inclusive: where to resume after this batch. */
  readonly position: bigint;
  /** Nothing newer was in the log when this batch was read: what follows is live. */
  readonly caughtUp: boolean;
}

/**
 * The event log: the only truth.
 *
 * Ordering: the log has one total order by `position`, and a stream's events keep their revision order in it. A
 * subscriber that has seen a position has seen every event before it: no event ever appears behind a reader.
 *
 * Idempotency: an append of the same event ids with the same expected revision as one that was stored is answered
 * as that one was, and stores nothing.
 *
 * Durability: `appended` means flushed to disk. Appends that arrive together share a write and a flush.
 *
 * Failure: an unreachable store rejects with `EventStoreUnavailable`; whether the append was stored is then unknown,
 * and repeating it is safe. A subscription survives interruptions by itself, without skipping or repeating.
 *
 * Backpressure: appends beyond the adapter's bound reject with `EventStoreUnavailable` at once. A subscription
 * reads the next batch only when it is asked for, so a slow subscriber costs one batch of memory.
 *
 * Deadlines: what has waited for its turn for half of its time rejects with `EventStoreUnavailable` and is not begun, so
 * that the server works for those alone who are still there to hear of it. Whoever names no deadline waits for as long as the
 * adapter does, at most.
 *
 * Retention: of streams of some categories only the last events are kept, as whoever opened the store said (`Retention`).
 * Older ones go some time later and in any order of streams: readers do not get them any more, and pass by where they stood.
 * The last ones stay, and so do revisions and positions: nothing is ever given the place of another. A repeated append of
 * what has gone is a conflict, or answered as it was.
 */
export interface EventStore {
  /**
   * All events or none. `expectedRevision` is that of the stream's last event, `NO_STREAM` for a new stream. Rejects
   * with a `RangeError` when there are no events or a stream's name has a line feed.
   *
   * `condition` names another stream that the events rest on: `outdated` when it has moved. Whatever was appended to it before
   * this call is seen, or, if the condition `mayLag`, whatever `commitWait` was awaited for; what comes while the call is under
   * way only by stores that can look and append in one step.
   * A repeated append of what is stored may be answered either way. Appends of one instance that rest on the same stream
   * are stored in the order in which they were called, as far as they are stored.
   *
   * `deadline`, by `performance.now()`: who appends is gone then. What is under way is not taken back by that.
   */
  append<E extends DomainEvent>(
    stream: StreamName<E>,
    expectedRevision: number,
    events: readonly NewEvent<E>[],
    condition?: AppendCondition,
    deadline?: number,
  ): Promise<AppendResult>;

  /**
   * Resolves when whatever was stored before this call is seen by all appends that are called from then on, at whichever
   * instance, also where their conditions may lag. Never rejects.
   */
  commitWait(): Promise<void>;

  /** Empty when the stream does not exist. */
  readStream<E extends DomainEvent>(stream: StreamName<E>, options: ReadOptions): Promise<RecordedEvent<E>[]>;

  /**
   * The event at this place, as `readStream` gives it. null when none begins exactly there, whatever stands around it: any
   * number may be asked for. Whatever was appended before this call is seen. Fails as `readStream` does.
   */
  readAt(position: bigint, options?: Pick<ReadOptions, 'deadline'>): Promise<RecordedEvent | null>;

  /**
   * Up to where the log goes: whatever was appended before this call stands there or before it. -1n: it is empty. Where others use the server,
   * it may be the place of an event of theirs. Fails as `readStream` does.
   */
  end(): Promise<bigint>;

  /** Catches up, then stays live: a batch whenever there is something new, until `signal` aborts. */
  subscribe(options: SubscribeOptions): AsyncIterable<LogBatch>;

  /**
   * What tells this log from every other, and from its own earlier life before it was restored from a backup: up to ten
   * digits, made when it is first asked for, the same for all who ask. Rejects with `EventStoreUnavailable`.
   */
  identity(): Promise<string>;

  /** Gives the log another identity, and answers it: whatever was said of its places before is void. */
  renewIdentity(): Promise<string>;

  /** Finishes the appends under way; later ones, and reads, reject with `EventStoreUnavailable`. Subscriptions end as if aborted. */
  close(): Promise<void>;
}

/** The store did not answer in time, or cannot be reached, or has too much to do. */
export class EventStoreUnavailable extends Error {
  override readonly name = 'EventStoreUnavailable';
}

/** Throws a `RangeError` on what no store takes: no events, or a stream's name with a line feed. */
export function assertAppendable(
  stream: string,
  events: readonly NewEvent[],
  condition?: AppendCondition,
): void {
  if (events.length === 0) throw new RangeError('an append needs an event');
  if (stream.includes('\n') || condition?.stream.includes('\n'))
    throw new RangeError('a stream name has no line feed');
}

/**
 * Until when, by `performance.now()`, something may wait for its turn: for half of its time. The other half is for the work
 * itself: whoever begins at the last moment is mostly late, and has then kept the others waiting for nothing. Without a
 * deadline, and at most, for `patienceMs`.
 */
export const beginBy = (now: number, deadline: number | undefined, patienceMs: number): number =>
  now + (deadline === undefined ? patienceMs : Math.min((deadline - now) / 2, patienceMs));

/** Between two lives of one log they must differ, and cursors carry it: ten digits at most. */
export const newLogIdentity = (): string => String(randomInt(1, 2 ** 32));
