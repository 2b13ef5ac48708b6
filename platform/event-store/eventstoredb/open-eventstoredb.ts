import { type EventStore, EventStoreUnavailable } from '../event-store.ts';
import { AppendLane } from './append-lane.ts';
import { LogClient } from './log-client.ts';
import { subscribeToLog } from './subscribe-to-log.ts';

export interface EventStoreDbOptions {
  /** `esdb://…` or `esdb+discover://…`: addresses, TLS, credentials, keepalive. */
  readonly url: string;
  /**
   * Appends on their way at once, others wait. Default 16, and not more: that many the client library sends without
   * queueing, and what it has queued when a connection breaks ends the process (docs/decisions/0010).
   */
  readonly maxAppendsInFlight?: number;
  /** Appends that wait for those; further ones are rejected. Default 10,000. */
  readonly maxAppendsQueued?: number;
  /** How long an append may take, waiting included, and how long a read. Default 3,000. */
  readonly timeoutMs?: number;
  /** A subscription that brings nothing for this long is checked. Default 5,000. */
  readonly silenceMs?: number;
  /** Told whenever a subscription was interrupted and is resumed. Default: nobody. */
  readonly onDropped?: (reason: EventStoreUnavailable) => void;
}

/** EventStoreDB (KurrentDB) as the event store. Connects when it is first used; throws on a bad connection string. */
export function openEventStoreDb({
  url,
  maxAppendsInFlight = 16,
  maxAppendsQueued = 10_000,
  timeoutMs = 3000,
  silenceMs = 5000,
  onDropped = () => {},
}: EventStoreDbOptions): EventStore {
  const log = new LogClient(url);
  const appends = new AppendLane({
    connect: () => new LogClient(url),
    maxInFlight: maxAppendsInFlight,
    maxQueued: maxAppendsQueued,
    timeoutMs,
  });
  const closing = new AbortController();

  return {
    async append(stream, expectedRevision, events) {
      if (events.length === 0) throw new RangeError('an append needs an event');
      if (stream.includes('\n')) throw new RangeError('a stream name has no line feed');
      return appends.append({ stream, expectedRevision, events });
    },

    async readStream(stream, options) {
      if (closing.signal.aborted) throw new EventStoreUnavailable('the store is closed');
      // To the server, a count of 0 means no end.
      return options.limit > 0 ? log.readStream(stream, options, timeoutMs) : [];
    },

    subscribe(options) {
      const signal = AbortSignal.any([options.signal, closing.signal]);
      return subscribeToLog(log, { ...options, signal }, { silenceMs, readTimeoutMs: timeoutMs, onDropped });
    },

    async close() {
      await appends.close();
      closing.abort();
      await log.dispose();
    },
  };
}
