import { setTimeout as pause } from 'node:timers/promises';
import type { DomainEvent } from '../../../domain/domain-event.ts';
import {
  assertAppendable,
  type EventStore,
  EventStoreUnavailable,
  type ReadOptions,
} from '../event-store.ts';
import { type EventStoreMetrics, UNOBSERVED } from '../metrics.ts';
import type { Retention } from '../retention.ts';
import type { StreamName } from '../stream-name.ts';
import { AppendLane } from './append-lane.ts';
import { COMMIT_WAIT_MS, ConditionalAppends } from './conditional-appends.ts';
import { createKeepLast } from './keep-last.ts';
import { LogClient } from './log-client.ts';
import { identityOf, renewIdentityOf } from './log-identity.ts';
import { isPlaceOfEvent } from './log-position.ts';
import { ReadLane } from './read-lane.ts';
import { recordedEvent } from './recorded-event.ts';
import { subscribeToLog } from './subscribe-to-log.ts';

/** The client waits for subscriptions to end that nobody reads any more. */
const LONGEST_DISPOSAL_MS = 1000;

export interface EventStoreDbOptions {
  /** `esdb://…` or `esdb+discover://…`: addresses, TLS, credentials, keepalive. */
  readonly url: string;
  /**
   * Appends on their way at once, others wait. Default 16, and not more: that many the client library sends without
   * queueing, and what it has queued when a connection breaks ends the process (docs/decisions/0010).
   */
  readonly maxAppendsInFlight?: number;
  /** Appends that wait for those, and before that for a scan for what they rest on; further ones are rejected. Default 10,000. */
  readonly maxAppendsQueued?: number;
  /** Reads of streams and places under way at once; others wait, and those of the same wait together. Default 16. */
  readonly maxReadsUnderWay?: number;
  /**
   * How long an append or a read may wait for its turn, how long it may take then, and how long a scan may. Default 3,000: a
   * server that answers no append for so long is silent.
   */
  readonly timeoutMs?: number;
  /** A subscription that brings nothing for this long is checked. Default 5,000. */
  readonly silenceMs?: number;
  /** Told whenever a subscription was interrupted and is resumed. Default: nobody. */
  readonly onDropped?: (reason: EventStoreUnavailable) => void;
  /** What of the log is kept, as far as this store appends to it. Default: all. */
  readonly retention?: Retention;
  /** Told when the server could not be told so; later appends try again. Default: nobody. */
  readonly onNotRetained?: (reason: unknown) => void;
  readonly metrics?: EventStoreMetrics;
}

/** EventStoreDB (KurrentDB) as the event store. Connects when it is first used; throws on a bad connection string. */
export function openEventStoreDb({
  url,
  maxAppendsInFlight = 16,
  maxAppendsQueued = 10_000,
  maxReadsUnderWay = 16,
  timeoutMs = 3000,
  silenceMs = 5000,
  onDropped = () => {},
  retention = {},
  onNotRetained = () => {},
  metrics = UNOBSERVED,
}: EventStoreDbOptions): EventStore {
  const log = new LogClient(url);
  const appends = new AppendLane({
    connect: () => new LogClient(url),
    maxInFlight: maxAppendsInFlight,
    maxQueued: maxAppendsQueued,
    timeoutMs,
    metrics,
  });
  const reads = new ReadLane({
    read: (stream, options, leftMs) => log.readStream(stream, options, leftMs),
    readAt: (place, leftMs) => log.readAt(place, leftMs),
    maxUnderWay: maxReadsUnderWay,
    timeoutMs,
  });
  const conditional = new ConditionalAppends({ log, reads, maxWaiting: maxAppendsQueued, timeoutMs });
  const keepLast = createKeepLast({
    retention,
    append: (append) => appends.append(append),
    onFailure: (reason) => open && onNotRetained(reason),
  });
  const closing = new AbortController();
  let open = true;

  return {
    async append(stream, expectedRevision, events, condition, deadline) {
      assertAppendable(stream, events, condition);
      if (!open) throw new EventStoreUnavailable('the store is closed');
      const asked = { stream, expectedRevision, events };
      const append = () => appends.append(asked, deadline);
      const result = await (condition ? conditional.append(condition, append) : append());
      if (result.outcome === 'appended') keepLast(asked);
      return result;
    },

    commitWait: () => pause(COMMIT_WAIT_MS),

    async readStream<E extends DomainEvent>(stream: StreamName<E>, options: ReadOptions) {
      if (closing.signal.aborted) throw new EventStoreUnavailable('the store is closed');
      // To the server, a count of 0 means no end.
      if (options.limit <= 0) return [];
      const found = await reads.read(stream, options);
      return found.flatMap((event) => recordedEvent<E>(event) ?? []);
    },

    async readAt(position, { deadline } = {}) {
      if (closing.signal.aborted) throw new EventStoreUnavailable('the store is closed');
      const [found] = isPlaceOfEvent(position) ? await reads.readAt(position, deadline) : [];
      return (found && recordedEvent(found)) ?? null;
    },

    async end() {
      if (closing.signal.aborted) throw new EventStoreUnavailable('the store is closed');
      return log.lastPlace(timeoutMs);
    },

    subscribe(options) {
      const signal = AbortSignal.any([options.signal, closing.signal]);
      return subscribeToLog(log, { ...options, signal }, { silenceMs, readTimeoutMs: timeoutMs, onDropped });
    },

    async identity() {
      if (!open) throw new EventStoreUnavailable('the store is closed');
      return identityOf({ log, appends, timeoutMs });
    },

    async renewIdentity() {
      if (!open) throw new EventStoreUnavailable('the store is closed');
      return renewIdentityOf({ log, appends, timeoutMs });
    },

    async close() {
      open = false;
      await conditional.settled();
      await appends.close();
      closing.abort();
      await Promise.race([log.dispose(), pause(LONGEST_DISPOSAL_MS, undefined, { ref: false })]);
    },
  };
}
