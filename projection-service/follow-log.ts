import type { EventStore } from '../platform/event-store/event-store.ts';
import { PROJECTED_STREAMS } from '../read-models/registry.ts';
import type { Landmarks, ProjectedEvent } from './landmarks.ts';
import { type Leadership, LeadershipLost } from './leadership.ts';

/** What has been projected does not stand in the log. */
export class AnotherLog extends Error {
  override readonly name = 'AnotherLog';
}

/**
 * Makes sure that the read models go on with the log that they were projected from, and takes note of its identity, which
 * all cursors from now on carry. Rejects with `AnotherLog` when what was projected last is not where it was:
 * the log was restored from a backup, or is another one, and what is written next would be taken for already read.
 *
 * An identity that was renewed makes all cursors that were given out before void.
 */
export async function followLog(
  leadership: Leadership,
  store: EventStore,
  signal: AbortSignal,
): Promise<void> {
  const { client, epoch, landmarks } = leadership;
  const identity = await store.identity();
  if (!(await holds(store, landmarks, signal))) {
    throw new AnotherLog(
      `the log does not hold what the read models were projected from (position ${landmarks.last?.position}): it was restored, or is another one; see "To restore" in docs/operations/deploy.md`,
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

/**
 * Where the last event stood may be a gap by now, which retention has left; then what the log keeps for ever must be there. true also
 * when `signal` aborts: nobody asks any more.
 */
async function holds(store: EventStore, { last, lasting }: Landmarks, signal: AbortSignal): Promise<boolean> {
  if (!last) return true;
  const found = await findAt(store, last, signal);
  if (found !== 'a gap' || !lasting) return found !== 'another log';
  return (await findAt(store, lasting, signal)) === 'that event';
}

/** A gap is nothing in the midst of a log that goes on behind it. */
async function findAt(
  store: EventStore,
  { position, id }: ProjectedEvent,
  signal: AbortSignal,
): Promise<'that event' | 'a gap' | 'another log'> {
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
      if (first?.position === position) return first.id === id ? 'that event' : 'another log';
      if (first || readUpTo >= position) return 'a gap';
      if (caughtUp) return 'another log';
    }
    return 'that event';
  } finally {
    found.abort();
  }
}
