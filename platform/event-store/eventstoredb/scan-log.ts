import { EventStoreUnavailable } from '../event-store.ts';
import type { LogClient } from './log-client.ts';
import { toPlace } from './log-position.ts';

/** What the server drops nobody for while it sends history: a scan takes all as it comes. */
const BUFFER = 256;

/** Told what a scan comes across, in log order. */
export interface ScannedLog {
  found(stream: string, revision: number): void;
  /** Everything up to this place has been scanned. */
  readUpTo(place: bigint): void;
}

/**
 * Scans the log once after a place, for the streams of one prefix. Resolves when all has been found that was in
 * the log before this was called, and leaves nothing open. Rejects as a subscription does, or with
 * `EventStoreUnavailable` after `timeoutMs`.
 */
export function scanLog(
  log: Pick<LogClient, 'subscribe'>,
  after: bigint,
  prefix: string,
  timeoutMs: number,
  into: ScannedLog,
): Promise<void> {
  return new Promise((resolve, reject) => {
    let over = false;
    const end = (settle: () => void) => {
      if (over) return;
      over = true;
      clearTimeout(timer);
      subscription.close();
      settle();
    };
    const timer = setTimeout(
      () => end(() => reject(new EventStoreUnavailable('a scan of the log was not answered in time'))),
      timeoutMs,
    );
    // What the server says between two events comes after the first of them is there to be read.
    const take = () => {
      if (over) return;
      for (let next = subscription.read(); next; next = subscription.read()) {
        if (!next.event) continue;
        into.found(next.event.streamId, Number(next.event.revision));
        into.readUpTo(toPlace(next.event.position));
      }
    };
    const subscription = log.subscribe(after, [prefix], BUFFER, {
      readUpTo(place) {
        take();
        if (!over) into.readUpTo(place);
      },
      caughtUp() {
        take();
        end(resolve);
      },
      fellBehind() {},
      over: (reason) => end(() => reject(reason)),
    });
    subscription.onReadable(take);
  });
}
