import type {
  LiveSession,
  SessionDropped,
  SessionOpened,
  UserCameOnline,
  UserWentOffline,
} from '../../domain/presence.ts';
import { at } from './duel-events.ts';

/** A tab of Ann's. */
export const live = (sessionId: string, change: Partial<LiveSession> = {}): LiveSession => ({
  sessionId,
  gatewayId: 'gateway',
  loginId: 'login',
  openedAt: at(0),
  ...change,
});

/** Ann is online since the beginning, unless something else is said. */
const of = (sessions: readonly LiveSession[]) => ({ username: 'Ann', sessions, since: at(0), date: at(0) });

export const opened = (
  sessionId: string,
  sessions: readonly LiveSession[],
  change: Partial<SessionOpened['data']> = {},
): SessionOpened => ({ type: 'SessionOpened', data: { ...of(sessions), sessionId, ...change } });

export const cameOnline = (
  sessions: readonly LiveSession[],
  change: Partial<UserCameOnline['data']> = {},
): UserCameOnline => ({ type: 'UserCameOnline', data: { ...of(sessions), ...change } });

export const dropped = (
  sessionId: string,
  sessions: readonly LiveSession[],
  change: Partial<SessionDropped['data']> = {},
): SessionDropped => ({
  type: 'SessionDropped',
  data: { ...of(sessions), sessionId, reason: 'closed', offlineAt: at(3), ...change },
});

export const wentOffline = (date: string): UserWentOffline => ({
  type: 'UserWentOffline',
  data: { ...of([]), since: date, date },
});
