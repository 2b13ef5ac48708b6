import { LAST_EVENTS } from '../../command-service/load-stream.ts';
import type { PresenceEvent } from '../../domain/presence.ts';
import type { RecordedEvent } from '../../platform/event-store/event-store.ts';
import { isOfPresence } from './listed.ts';

interface Presence {
  isOnline: boolean;
  /** So many of its user's events had come when it was opened, and dropped. */
  readonly opened: Map<string, number>;
  readonly dropped: Map<string, number>;
  readonly live: Set<string>;
  /** Of the last session, if there is none. */
  offlineAt: string | null;
  events: number;
  /** Opened on the same command, and no other event since. */
  last: PresenceEvent | null;
}

/** Reads the log from its beginning as somebody who knows what presence means, and nothing of how it is decided. Throws at the first event that may not be there. */
export class Referee {
  readonly #users = new Map<string, Presence>();
  /** Sessions that were opened again by a copy of their command that came after more events of their user than are looked back at. */
  readonly reopened = new Set<string>();

  read({ event, metadata }: RecordedEvent): void {
    if (!isOfPresence(event)) return;
    const user = this.of(event.data.username);
    user.events += 1;
    demand(metadata.actor.startsWith('*'), `${event.type} by ${metadata.actor}`);
    switch (event.type) {
      case 'SessionOpened':
        this.#open(user, event.data.sessionId);
        break;
      case 'SessionDropped': {
        const { sessionId, offlineAt, date } = event.data;
        demand(user.live.delete(sessionId), 'a session is dropped that is not live');
        demand(user.isOnline, 'a session is dropped of a user who is offline');
        demand(
          (offlineAt !== null) === (user.live.size === 0),
          'whether it was the last one is told wrongly',
        );
        demand(offlineAt === null || offlineAt >= date, 'offline before that');
        user.dropped.set(sessionId, user.events);
        user.offlineAt = offlineAt;
        break;
      }
      case 'UserCameOnline':
        demand(!user.isOnline, 'a user comes online who is');
        demand(user.last?.type === 'SessionOpened' && user.live.size === 1, 'online without a first session');
        user.isOnline = true;
        break;
      case 'UserWentOffline':
        demand(user.isOnline, 'a user goes offline who is');
        demand(user.live.size === 0, 'a user goes offline who has a session');
        demand(user.offlineAt !== null && event.data.date >= user.offlineAt, 'a user goes offline too early');
        user.isOnline = false;
        break;
      default:
        event satisfies never;
    }
    const told = event.data.sessions.map(({ sessionId }) => sessionId);
    demand([...user.live].join() === told.join(), 'an event tells of other sessions than there are');
    user.last = event;
  }

  of(username: string): Presence {
    const known = this.#users.get(username);
    if (known) return known;
    const never: Presence = {
      isOnline: false,
      opened: new Map(),
      dropped: new Map(),
      live: new Set(),
      offlineAt: null,
      events: 0,
      last: null,
    };
    this.#users.set(username, never);
    return never;
  }

  get users(): ReadonlyMap<string, Presence> {
    return this.#users;
  }

  /** Between commands: a user who has a session is online, and comes online in the same append. */
  assertWhole(): void {
    for (const [username, { isOnline, live }] of this.#users)
      demand(isOnline || live.size === 0, `${username} has a session and is offline`);
  }

  #open(user: Presence, sessionId: string): void {
    demand(!user.live.has(sessionId), 'a session is opened that is live');
    const before = user.opened.get(sessionId);
    if (before !== undefined) {
      demand(user.events - before > LAST_EVENTS.limit, 'a session is opened again');
      this.reopened.add(sessionId);
    }
    user.opened.set(sessionId, user.events);
    user.live.add(sessionId);
  }
}

function demand(holds: boolean, otherwise: string): void {
  if (!holds) throw new Error(otherwise);
}
