import type { RecordedEvent } from '../../platform/event-store/event-store.ts';
import { placeIn } from '../room.ts';
import { userKey } from '../user-key.ts';
import type { NotificationPlace } from './row-reads.ts';
import { EVERYONES } from './tables.ts';

/** What the fold of a batch builds on. Users are named by their keys. */
export interface NeededRows {
  readonly inboxes: ReadonlySet<string>;
  /** Whose profiles are told, and whose sign-up counts. */
  readonly people: ReadonlySet<string>;
  readonly creators: ReadonlySet<string>;
  /** What was read by itself. */
  readonly read: readonly NotificationPlace[];
  /** Whose invitation has ended, by the invitation's id. */
  readonly ended: ReadonlyMap<string, string>;
  /** The lowest place up to which a user marks all as read. */
  readonly marks: ReadonlyMap<string, bigint>;
}

export function neededBy(events: readonly RecordedEvent[]): NeededRows {
  const [inboxes, people, creators] = [new Set<string>(), new Set<string>(), new Set<string>()];
  const read: NotificationPlace[] = [];
  const ended = new Map<string, string>();
  const marks = new Map<string, bigint>();
  for (const { event } of events) {
    switch (event.type) {
      case 'FriendAdded':
        if (!event.data.isNews) break;
        inboxes.add(userKey(event.data.friend));
        people.add(userKey(event.data.adder));
        break;
      case 'InviteSent': {
        const invitee = userKey(event.data.invitee);
        inboxes.add(invitee);
        people.add(invitee).add(userKey(event.data.inviter));
        break;
      }
      case 'InviteAccepted':
      case 'InviteDeclined':
      case 'InviteCancelled':
      case 'InviteExpired': {
        const invitee = userKey(event.data.invitee);
        inboxes.add(invitee);
        ended.set(event.data.invitationId, invitee);
        break;
      }
      case 'TournamentCreated': {
        const creator = userKey(event.data.creator);
        inboxes.add(EVERYONES);
        people.add(creator);
        creators.add(creator);
        break;
      }
      case 'NotificationRead': {
        const [user_key, position] = [userKey(event.data.reader), placeIn(event.data.causePosition)];
        inboxes.add(user_key);
        if (position !== null) read.push({ user_key, position });
        break;
      }
      case 'AllNotificationsRead': {
        const [user_key, upTo] = [userKey(event.data.reader), placeIn(event.data.upTo)];
        inboxes.add(user_key).add(EVERYONES);
        people.add(user_key);
        const lowest = marks.get(user_key);
        if (upTo !== null && (lowest === undefined || upTo < lowest)) marks.set(user_key, upTo);
      }
    }
  }
  return { inboxes, people, creators, read, ended, marks };
}
