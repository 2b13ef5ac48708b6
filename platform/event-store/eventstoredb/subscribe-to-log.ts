import { backoffMs, pause } from '../../pause.ts';
import { EventStoreUnavailable, type LogBatch, type SubscribeOptions } from '../event-store.ts';
import { type LogClient, SubscriberTooSlow } from './log-client.ts';
import { SubscriptionFeed } from './subscription-feed.ts';
import { checkSilence, SubscriptionSilent } from './watchdog.ts';

const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 1000;
/** Rides out short delays of a reader while live; behind it, the server itself waits for 32 events only. */
const SMALLEST_BUFFER = 256;

export interface SubscribeSettings {
  readonly silenceMs: number;
  readonly readTimeoutMs: number;
  readonly onDropped: (reason: EventStoreUnavailable) => void;
}

/**
 * One subscription after another, each from where the last one was taken to: the reader sees a single one without a
 * gap or a repetition. A reader too slow for a burst is dropped by the server and returns at once, and so does one
 * whose subscription fell silent; after anything else, and when a subscription has brought nothing, the pauses grow.
 *
 * It begins one event before the one that was taken last, which retention may have removed, and the feed leaves out what comes twice:
 * see `LogClient.subscribe`. Only in haste it does not, when that one has just come.
 *
 * A live subscription is silent as well while only others write to the log. Nobody is told of that: its successor
 * shows at once whether it has withheld anything.
 */
export async function* subscribeToLog(
  log: LogClient,
  { after, prefixes, batchSize, signal }: SubscribeOptions,
  { silenceMs, readTimeoutMs, onDropped }: SubscribeSettings,
): AsyncGenerator<LogBatch, void, undefined> {
  const bufferSize = Math.max(batchSize, SMALLEST_BUFFER);
  const logEnd = () => log.lastPlace(readTimeoutMs);
  let position = after;
  let failures = 0;
  let inHaste = false;
  let suspicion: SubscriptionSilent | undefined;
  while (!signal.aborted) {
    const from = position;
    let feed: SubscriptionFeed | undefined;
    try {
      // Asked before the subscription begins, so that what it looks through includes all of it.
      const [end, start] = inHaste
        ? [from, from]
        : await Promise.all([logEnd(), log.lastPlace(readTimeoutMs, from)]);
      feed = new SubscriptionFeed(from, end, batchSize, signal, (listener) =>
        log.subscribe(start, prefixes, bufferSize, listener),
      );
      while (!signal.aborted) {
        const batch = (await feed.next(silenceMs)) ?? (await checkSilence(feed, logEnd));
        if (!batch || signal.aborted) continue;
        if (suspicion && batch.events.length > 0) onDropped(suspicion);
        if (feed.live || batch.events.length > 0) suspicion = undefined;
        position = batch.position;
        yield batch;
      }
    } catch (error) {
      if (!(error instanceof EventStoreUnavailable)) throw error;
      if (signal.aborted) return;
      suspicion = error instanceof SubscriptionSilent && feed?.live ? error : undefined;
      if (!suspicion) onDropped(error);
      const progress = position > from;
      inHaste = progress && error instanceof SubscriberTooSlow;
      failures = progress || suspicion ? 0 : failures + 1;
      if (!inHaste && !suspicion) await pause(backoffMs(failures, FIRST_PAUSE_MS, LONGEST_PAUSE_MS), signal);
    } finally {
      feed?.close();
    }
  }
}
