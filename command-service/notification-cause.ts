import type { Cause } from '../domain/notification.ts';
import { blocks, relationshipDecider } from '../domain/relationship.ts';
import { userDecider } from '../domain/user.ts';
import { isReferredTo, placeOf } from '../platform/event-store/event-reference.ts';
import type { EventStore } from '../platform/event-store/event-store.ts';
import { pairId, streamOf } from '../platform/event-store/stream-name.ts';
import { FIRST_EVENT, loadStream, WHOLE_STREAM } from './load-stream.ts';

interface Asking {
  readonly store: EventStore;
  /** By `performance.now()`. */
  readonly deadline: number;
}

/** What this notification follows from, with what decides whether `asker` was notified; null: nothing that anybody is notified of. */
export async function causeOf(
  notificationId: string,
  asker: string,
  { store, deadline }: Asking,
): Promise<Cause | null> {
  const place = placeOf(notificationId);
  const found = place === null ? null : await store.readAt(place, { deadline });
  if (!found || !isReferredTo(found, notificationId)) return null;
  const { event, position } = found;
  switch (event.type) {
    case 'FriendAdded':
    case 'InviteSent':
      return { ...event, position };
    case 'TournamentCreated':
      return { ...event, position, asker: await askerAt(position, asker, event.data.creator) };
    default:
      return null;
  }

  /** As they stood to the creator when the log was as far as `announcedAt`. */
  async function askerAt(announcedAt: bigint, username: string, creator: string) {
    const [{ position: signedUpAt }, history] = await Promise.all([
      loadStream(store, streamOf('user', username), { ...FIRST_EVENT, deadline }, userDecider),
      store.readStream(streamOf('relationship', pairId(username, creator)), { ...WHOLE_STREAM, deadline }),
    ]);
    const relationship = history
      .filter(({ position }) => position < announcedAt)
      .reduce((state, { event }) => relationshipDecider.evolve(state, event), relationshipDecider.initial);
    return {
      wasSignedUp: signedUpAt !== null && signedUpAt < announcedAt,
      blockedCreator: blocks(relationship, username),
    };
  }
}
