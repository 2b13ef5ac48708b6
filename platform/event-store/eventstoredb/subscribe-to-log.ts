import { setTimeout as pause } from 'node:timers/promises';
import { EventStoreUnavailable, type LogBatch, type SubscribeOptions } from '../event-store.ts';
import { SubscriberTooSlow } from './failures.ts';
import type { LogClient } from './log-client.ts';
import { SubscriptionFeed } from './subscription-feed.ts';
import { Watchdog } from './watchdog.ts';

const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 1000;
/** Rides out short delays of a reader while live, where the server itself waits for 32 events only. */
const SMALLEST_BUFFER = 256;

export interface SubscribeSettings {
  readonly silenceMs: number;
  readonly readTimeoutMs: number;
  readonly onDropped: (reason: EventStoreUnavailable) => void;
}

/**
 * One subscription after another, each from where the last one was taken to: the reader sees a single one without a
 * gap or a repetition. A reader too slow for a burst is dropped by the server and returns at once; after anything
 * else, and when a subscription has brought nothing, the pauses grow.
 */
export async function* subscribeToLog(
  log: LogClient,
  { after, prefixes, batchSize, signal }: SubscribeOptions,
  { silenceMs, readTimeoutMs, onDropped }: SubscribeSettings,
): AsyncGenerator<LogBatch, void, undefined> {
  const watchdog = new Watchdog(after, { silenceMs, lastPlace: () => log.lastPlace(readTimeoutMs) });
  const bufferSize = Math.max(batchSize, SMALLEST_BUFFER);
  let position = after;
  let failures = 0;
  while (!signal.aborted) {
    const from = position;
    const feed = new SubscriptionFeed(from, (listener) =>
      log.subscribe(from, prefixes, bufferSize, listener),
    );
    const next = (patienceMs: number) => feed.next(batchSize, patienceMs, signal);
    try {
      while (!signal.aborted) {
        let batch = await next(silenceMs);
        if (!batch && !signal.aborted) batch = await watchdog.check(feed.live, next);
        if (!batch) continue;
        watchdog.received(batch);
        position = batch.position;
        yield batch;
      }
    } catch (error) {
      if (!(error instanceof EventStoreUnavailable)) throw error;
      if (signal.aborted) return;
      onDropped(error);
      if (position > from) failures = 0;
      if (!(error instanceof SubscriberTooSlow && position > from)) await backOff(failures++, signal);
    } finally {
      feed.close();
    }
  }
}

async function backOff(failures: number, signal: AbortSignal): Promise<void> {
  const longest = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** failures);
  await pause(longest * (0.5 + Math.random() / 2), undefined, { signal }).catch(() => {});
}
