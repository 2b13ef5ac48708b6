import { EventStoreUnavailable } from '../event-store.ts';
import type { LogClient } from './log-client.ts';
import { toPlace } from './log-position.ts';

/** What the server drops nobody for while it sends history: a look takes all as it comes. */
const BUFFER = 256;

/** Told what a look comes across, in log order. */
export interface Looking {
  found(stream: string, revision: number): void;
  /** Everything up to this place has been looked at. */
  readUpTo(place: bigint): void;
}

/**
 * Looks once through the log after a place, at the streams of one prefix. Resolves when all has been found that was in
 * the log before this was called, and leaves nothing open. Rejects as a subscription does, or with
 * `EventStoreUnavailable` after `timeoutMs`.
 */
export function look(
  log: Pick<LogClient, 'subscribe'>,
  after: bigint,
  prefix: string,
  timeoutMs: number,
  looking: Looking,
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
      () => end(() => reject(new EventStoreUnavailable('a look at the log was not answered in time'))),
      timeoutMs,
    );
    // What the server says between two events comes after the first of them is there to be read.
    const take = () => {
      if (over) return;
      for (let next = subscription.read(); next; next = subscription.read()) {
        if (!next.event) continue;
        looking.found(next.event.streamId, Number(next.event.revision));
        looking.readUpTo(toPlace(next.event.position));
      }
    };
    const subscription = log.subscribe(after, [prefix], BUFFER, {
      readUpTo(place) {
        take();
        if (!over) looking.readUpTo(place);
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
