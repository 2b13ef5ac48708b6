import type { EventStore } from '../platform/event-store/event-store.ts';
import { PROJECTED_STREAMS } from '../read-models/registry.ts';
import { type Leadership, LeadershipLost, type ProjectedEvent } from './leadership.ts';

/** What has been projected does not stand in the log. */
export class AnotherLog extends Error {
  override readonly name = 'AnotherLog';
}

/**
 * Makes sure that the read models go on with the log that they were projected from, and takes note of its identity, which
 * all cursors from now on carry. Rejects with `AnotherLog` when the last event that was projected is not where it was:
 * the log was restored from a backup, or is another one, and what is written next would be taken for already read.
 *
 * An identity that was renewed makes all cursors that were given out before void.
 */
export async function followLog(
  leadership: Leadership,
  store: EventStore,
  signal: AbortSignal,
): Promise<void> {
  const { client, epoch, lastEvent } = leadership;
  const identity = await store.identity();
  if (lastEvent && !(await holds(store, lastEvent, signal))) {
    throw new AnotherLog(
      `the log does not hold what the read models were projected from (position ${lastEvent.position}): it was restored, or is another one; see "To restore" in docs/operations/deploy.md`,
    );
  }
  if (leadership.log === identity) return;
  const { rowCount } = await client.query({
    text: 'update checkpoints set log = $1 where epoch = $2',
    values: [identity, epoch],
  });
  if (rowCount !== 1) throw new LeadershipLost('another projector has taken over');
  leadership.log = identity;
}

/** true also when `signal` aborts: nobody asks any more. */
async function holds(
  store: EventStore,
  { position, id }: ProjectedEvent,
  signal: AbortSignal,
): Promise<boolean> {
  const found = new AbortController();
  const batches = store.subscribe({
    after: position - 1n,
    prefixes: PROJECTED_STREAMS,
    batchSize: 1,
    signal: AbortSignal.any([signal, found.signal]),
  });
  try {
    for await (const { events, position: readUpTo, caughtUp } of batches) {
      const [first] = events;
      if (first) return first.position === position && first.id === id;
      if (readUpTo >= position || caughtUp) return false;
    }
    return true;
  } finally {
    found.abort();
  }
}
