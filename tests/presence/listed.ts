import type { PresenceEvent } from '../../domain/presence.ts';
import type { RecordedEvent } from '../../platform/event-store/event-store.ts';
import { cursorAfter } from '../../protocol/cursor.ts';
import type { ReadModels } from '../../read-models/read-models.ts';
import { userKey } from '../../read-models/user-key.ts';

type Lists = Pick<ReadModels, 'dueDepartures' | 'sessionGateways' | 'sessionsOfGateway' | 'sessions'>;

const UP_TO = cursorAfter(0n, 'log');

/** What housekeeping reads of presence, as it is after these events of the log. */
export function listed(events: readonly RecordedEvent[]): Lists {
  const [sessions, departures] = rowsAfter(events);
  const answer = async <Row>(rows: readonly Row[]) => ({ answer: [...rows], upTo: UP_TO });
  return {
    sessionGateways: () => answer([...new Set(sessions.map(({ gateway_id }) => gateway_id))]),
    sessionsOfGateway: ({ gatewayId, after, limit }) =>
      answer(
        sessions
          .filter(({ gateway_id, session_id }) => gateway_id === gatewayId && session_id > (after ?? ''))
          .slice(0, limit),
      ),
    sessions: ({ after, limit }) =>
      answer(sessions.filter(({ session_id }) => session_id > (after ?? '')).slice(0, limit)),
    dueDepartures: ({ before, after, limit }) =>
      answer(
        departures
          .filter((row) => row.offline_at < before && (after === null || placeOf(row) > placeOf(after)))
          .slice(0, limit),
      ),
  };
}

const placeOf = ({ offline_at, username }: { readonly offline_at: string; readonly username: string }) =>
  `${offline_at} ${userKey(username)}`;

export const isOfPresence = (event: RecordedEvent['event']): event is PresenceEvent =>
  'sessions' in event.data;

/** Each event says all of its user. */
function rowsAfter(events: readonly RecordedEvent[]) {
  const last = new Map<string, PresenceEvent>();
  for (const { event } of events) if (isOfPresence(event)) last.set(event.data.username, event);
  const sessions = [...last.values()].flatMap(({ data: { username, sessions } }) =>
    sessions.map(({ sessionId, gatewayId, loginId, openedAt }) => ({
      session_id: sessionId,
      username,
      gateway_id: gatewayId,
      login_id: loginId,
      opened_at: openedAt,
    })),
  );
  const departures = [...last.values()].flatMap(({ type, data }) =>
    type === 'SessionDropped' && data.offlineAt !== null
      ? [{ username: data.username, offline_at: data.offlineAt }]
      : [],
  );
  sessions.sort((one, other) => (one.session_id < other.session_id ? -1 : 1));
  departures.sort((one, other) => (placeOf(one) < placeOf(other) ? -1 : 1));
  return [sessions, departures] as const;
}
