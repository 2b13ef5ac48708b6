import { referenceTo } from '../../platform/event-store/event-reference.ts';
import type { RecordedEvent } from '../../platform/event-store/event-store.ts';
import type { NotificationFilter } from '../../protocol/http-requests.ts';
import { userKey } from '../../read-models/user-key.ts';
import type { Noted } from '../support/notification-client.ts';

interface Held extends Noted {
  readonly position: bigint;
  readonly tournamentId?: string;
  readonly invitationId?: string;
}

/** Who is notified of what, by the rules alone: everybody's list is kept as it is, and everybody's is touched by every event. */
export class NotificationModel {
  /** By user key, oldest first. */
  readonly #lists = new Map<string, Held[]>();
  readonly #blocks = new Set<string>();

  get users(): string[] {
    return [...this.#lists.keys()];
  }

  /** Newest first. */
  listOf(user: string, filter: NotificationFilter): Noted[] {
    return (this.#lists.get(user) ?? [])
      .filter(({ is_read }) => filter === 'all' || is_read === (filter === 'read'))
      .map(({ id, action, date, is_read }) => ({ id, action, date, is_read }))
      .reverse();
  }

  take(recorded: RecordedEvent): void {
    const { event, position } = recorded;
    const noted = { id: referenceTo(recorded), date: event.data.date, is_read: false, position };
    switch (event.type) {
      case 'UserRegistered':
        this.#lists.set(userKey(event.data.username), []);
        break;
      case 'UserBlocked':
        this.#blocks.add(pair(event.data.blocker, event.data.blocked));
        break;
      case 'UserUnblocked':
        this.#blocks.delete(pair(event.data.blocker, event.data.blocked));
        break;
      case 'FriendAdded':
        if (event.data.isNews)
          this.#lists.get(userKey(event.data.friend))?.push({ ...noted, action: 'new_friend' });
        break;
      case 'InviteSent':
        this.#lists
          .get(userKey(event.data.invitee))
          ?.push({ ...noted, action: 'game_invite', invitationId: event.data.invitationId });
        break;
      case 'InviteAccepted':
      case 'InviteDeclined':
      case 'InviteCancelled':
      case 'InviteExpired':
        this.#change(event.data.invitee, (held) =>
          held.invitationId === event.data.invitationId ? null : held,
        );
        break;
      case 'TournamentCreated': {
        const { creator, tournamentId } = event.data;
        for (const [user, list] of this.#lists)
          if (user !== userKey(creator) && !this.#blocks.has(pair(user, creator)))
            list.push({ ...noted, action: 'new_tournament', tournamentId });
        break;
      }
      case 'TournamentClosed':
        for (const user of this.users)
          this.#change(user, (held) => (held.tournamentId === event.data.tournamentId ? null : held));
        break;
      case 'NotificationRead':
        this.#read(event.data.reader, (held) => held.id === event.data.notificationId);
        break;
      case 'AllNotificationsRead':
        this.#read(event.data.reader, (held) => held.position <= BigInt(event.data.upTo));
        break;
    }
  }

  #read(reader: string, isMeant: (held: Held) => boolean): void {
    this.#change(reader, (held) => (isMeant(held) ? { ...held, is_read: true } : held));
  }

  #change(name: string, change: (held: Held) => Held | null): void {
    const list = this.#lists.get(userKey(name)) ?? [];
    this.#lists.set(
      userKey(name),
      list.map(change).filter((held) => held !== null),
    );
  }
}

const pair = (one: string, other: string): string => `${userKey(one)} ${userKey(other)}`;
