import type { EventStore } from '../platform/event-store/event-store.ts';
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
 * An identity that was renewed makes all cursors that were given out before void. Rejects as the store and the database do.
 */
export async function followLog(leadership: Leadership, store: EventStore): Promise<void> {
  const { client, epoch, landmarks } = leadership;
  const identity = await store.identity();
  if (!(await holds(store, landmarks))) {
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

/** Where the last event stood may be a gap by now, which retention has left; then what the log keeps for ever must be there. */
async function holds(store: EventStore, { last, lasting }: Landmarks): Promise<boolean> {
  if (!last) return true;
  const found = await findAt(store, last);
  if (found !== 'a gap' || !lasting) return found !== 'another log';
  return (await findAt(store, lasting)) === 'that event';
}

/** A gap is nothing in the midst of a log that goes on behind it. */
async function findAt(
  store: EventStore,
  { position, id }: ProjectedEvent,
): Promise<'that event' | 'a gap' | 'another log'> {
  const found = await store.readAt(position);
  if (found) return found.id === id ? 'that event' : 'another log';
  return (await store.end()) > position ? 'a gap' : 'another log';
}
