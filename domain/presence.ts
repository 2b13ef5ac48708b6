import { accepted, type Decider, type Decision, type Issued } from './decider.ts';

/**
 * Stream `presence-<username>`: which of a user's tabs count, and whether the user is online because of them. Every event says what is so
 * after it, so that the last one alone tells all: what is older may be forgotten, and a stream costs the same however long it is.
 */
export type PresenceEvent = SessionOpened | SessionDropped | UserCameOnline | UserWentOffline;

/** A tab that counts, at the gateway that answers for it. One that counts again after a while is another session. */
export interface LiveSession {
  readonly sessionId: string;
  /** Of one life of one gateway: what it leaves behind when it dies is known by it. */
  readonly gatewayId: string;
  /** The sign-in that it belongs to: whoever signs out drops all of them. */
  readonly loginId: string;
  readonly openedAt: string;
}

interface OfPresence {
  readonly username: string;
  /** Those that count now. */
  readonly sessions: readonly LiveSession[];
  /** Since when the user is online, or offline. */
  readonly since: string;
  readonly date: string;
}

export interface SessionOpened {
  readonly type: 'SessionOpened';
  readonly data: OfPresence & { readonly sessionId: string };
}

/** Why a session does not count any more. */
export const DROP_REASONS = [
  /** By its client. */
  'closed',
  'logout',
  /** Its access token ran out, or its sign-in was revoked. */
  'expired',
  /** Nothing came from its client for too long. The tab stays. */
  'inactive',
  /** The tab counts as another session from now on. */
  'replaced',
  'slow_consumer',
  'rate_limited',
  'bad_data',
  /** Its gateway ended in order. */
  'drained',
  /** Its gateway did not say for too long that it lives. */
  'gateway_lost',
] as const;

export type DropReason = (typeof DROP_REASONS)[number];

export interface SessionDropped {
  readonly type: 'SessionDropped';
  readonly data: OfPresence & {
    readonly sessionId: string;
    readonly reason: DropReason;
    /** From then on the user may be said to have gone, unless a session is opened before. null: another one counts. */
    readonly offlineAt: string | null;
  };
}

/** With the first session. */
export interface UserCameOnline {
  readonly type: 'UserCameOnline';
  readonly data: OfPresence;
}

/** Some time after the last session. */
export interface UserWentOffline {
  readonly type: 'UserWentOffline';
  readonly data: OfPresence;
}

export interface Presence {
  readonly isOnline: boolean;
  readonly sessions: readonly LiveSession[];
  /** Since when that is so; null: the user was never there. */
  readonly since: string | null;
  /** As in `SessionDropped`. */
  readonly offlineAt: string | null;
}

export const NEVER_THERE: Presence = { isOnline: false, sessions: [], since: null, offlineAt: null };

/** null: the user is online, or was never there. */
export const offlineSince = ({ isOnline, since }: Presence): string | null => (isOnline ? null : since);

/** Whatever stood before: the event tells it all. A user who comes online does so in the same append as the session is opened. */
export function evolvePresence(presence: Presence, event: PresenceEvent): Presence {
  const { sessions, since } = event.data;
  switch (event.type) {
    case 'SessionOpened':
    case 'UserCameOnline':
      return { isOnline: true, sessions, since, offlineAt: null };
    case 'SessionDropped':
      return { isOnline: true, sessions, since, offlineAt: event.data.offlineAt };
    case 'UserWentOffline':
      return { isOnline: false, sessions, since, offlineAt: null };
    default:
      event satisfies never;
      return presence;
  }
}

/** Whoever gives such a command is no user: `username` says whose presence it is. */
interface OfUser extends Issued {
  readonly username: string;
}

const change = <Command extends OfUser>(
  decide: (command: Command, presence: Presence) => Decision<PresenceEvent, never>,
): Decider<Presence, Command, PresenceEvent, never> => ({
  initial: NEVER_THERE,
  evolve: evolvePresence,
  decide,
});

export interface OpenSession extends OfUser, Omit<LiveSession, 'openedAt'> {}

/** One that is live already stays as it is. */
export const openSession = change<OpenSession>(
  ({ username, sessionId, gatewayId, loginId, date }, presence) => {
    if (presence.sessions.some((live) => live.sessionId === sessionId)) return accepted();
    const sessions = [...presence.sessions, { sessionId, gatewayId, loginId, openedAt: date }];
    const since = (presence.isOnline && presence.since) || date;
    const data = { username, sessions, since, date };
    const opened: SessionOpened = { type: 'SessionOpened', data: { ...data, sessionId } };
    return presence.isOnline
      ? accepted(opened)
      : accepted<PresenceEvent>(opened, { type: 'UserCameOnline', data });
  },
);

export interface DropSession extends OfUser {
  readonly sessionId: string;
  readonly reason: DropReason;
  /** How long the user stays online without any session. 0: not at all. */
  readonly graceMs: number;
}

/** One that is not live, or was dropped before, stays as it is. */
export const dropSession = change<DropSession>(({ username, sessionId, reason, graceMs, date }, presence) => {
  const sessions = presence.sessions.filter((live) => live.sessionId !== sessionId);
  if (sessions.length === presence.sessions.length) return accepted();
  const isLast = sessions.length === 0;
  const offlineAt = isLast ? new Date(Date.parse(date) + graceMs).toISOString() : null;
  const since = presence.since ?? date;
  const dropped: SessionDropped = {
    type: 'SessionDropped',
    data: { username, sessionId, reason, sessions, since, offlineAt, date },
  };
  return isLast && graceMs === 0 ? accepted<PresenceEvent>(dropped, gone(username, date)) : accepted(dropped);
});

/** Who has had no session for long enough goes offline. */
export const settlePresence = change<OfUser>(({ username, date }, { isOnline, sessions, offlineAt }) =>
  isOnline && sessions.length === 0 && offlineAt !== null && date >= offlineAt
    ? accepted(gone(username, date))
    : accepted(),
);

const gone = (username: string, date: string): UserWentOffline => ({
  type: 'UserWentOffline',
  data: { username, sessions: [], since: date, date },
});
