import { evolvePresence, NEVER_THERE, type Presence, type PresenceEvent } from '../../domain/presence.ts';
import { usernameKey } from '../../domain/username.ts';
import type { EventStore } from '../../platform/event-store/event-store.ts';

/** What the log says of these users' presence. */
export interface LoggedPresence {
  readonly events: readonly PresenceEvent[];
  /** Ids of sessions, as often as they were opened and dropped, in the log's order. */
  readonly opened: readonly string[];
  readonly dropped: readonly string[];
  /** How often this user came and went. */
  changesOf(username: string): readonly ('online' | 'offline')[];
  presenceOf(username: string): Presence;
}

export async function loggedPresence(
  store: EventStore,
  users: readonly { readonly username: string }[],
): Promise<LoggedPresence> {
  const byUser = new Map(users.map(({ username }) => [usernameKey(username), [] as PresenceEvent[]]));
  const events: PresenceEvent[] = [];
  const enough = new AbortController();
  const log = store.subscribe({
    after: -1n,
    prefixes: ['presence-'],
    batchSize: 500,
    signal: enough.signal,
  });
  for await (const { events: batch, caughtUp } of log) {
    for (const { event } of batch) {
      if (!isOfPresence(event)) continue;
      const ofUser = byUser.get(usernameKey(event.data.username));
      if (ofUser) events.push(event);
      ofUser?.push(event);
    }
    if (caughtUp) enough.abort();
  }
  const of = (username: string) => byUser.get(usernameKey(username)) ?? [];
  return {
    events,
    opened: events.flatMap(({ type, data }) => (type === 'SessionOpened' ? [data.sessionId] : [])),
    dropped: events.flatMap(({ type, data }) => (type === 'SessionDropped' ? [data.sessionId] : [])),
    changesOf: (username) =>
      of(username).flatMap(({ type }) =>
        type === 'UserCameOnline' ? ['online'] : type === 'UserWentOffline' ? ['offline'] : [],
      ),
    presenceOf: (username) => of(username).reduce(evolvePresence, NEVER_THERE),
  };
}

const TYPES: ReadonlySet<string> = new Set<PresenceEvent['type']>([
  'SessionOpened',
  'SessionDropped',
  'UserCameOnline',
  'UserWentOffline',
]);

const isOfPresence = (event: { readonly type: string }): event is PresenceEvent => TYPES.has(event.type);
