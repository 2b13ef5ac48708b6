import type { Logger } from 'pino';
import { formatCursor } from '../../protocol/cursor.ts';
import type { Session, Sessions } from '../accounts/session.ts';
import type { Presence } from '../presence/presence.ts';
import type { Audiences } from './audiences.ts';
import type { LiveSessions } from './live-sessions.ts';
import type { MissedPushes } from './missed-pushes.ts';
import type { Pings } from './pings.ts';
import type { PresencePushes } from './presence/presence-pushes.ts';
import type { SocketMetrics } from './socket-metrics.ts';
import type { Tab } from './tab.ts';

export interface JoinParts {
  readonly sessions: Sessions;
  readonly liveSessions: LiveSessions;
  readonly audiences: Audiences;
  readonly presencePushes: PresencePushes;
  readonly missedPushes: MissedPushes;
  readonly pings: Pings;
  readonly presence: Pick<Presence, 'join'>;
  readonly pingIntervalS: number;
  readonly metrics: SocketMetrics;
  readonly logger: Logger;
}

/** From an open socket to a welcomed tab. Never rejects: a tab that cannot join is closed. */
export type Join = (tab: Tab, accessToken: string) => Promise<void>;

export function createJoin(parts: JoinParts): Join {
  const { liveSessions, audiences, presencePushes, metrics, logger } = parts;
  return async (tab, accessToken) => {
    try {
      await liveSessions.listen();
      const session = await authenticate(parts.sessions, tab, accessToken);
      if (!tab.isOpen) return;
      if (!session) return tab.close('ILLEGAL_CONNECTION');
      const user = tab.place.belongTo(session.username);
      if (!user) return tab.close('TOO_MANY_SOCKETS');
      tab.authenticated(session, user);
      if (!tab.isOpen) return;
      liveSessions.add(tab, session);
      const isResume = tab.feed.last !== null;
      if (isResume && user.isResumingFast) metrics.delayed();
      await user.join({
        isResume,
        isWanted: () => tab.isOpen,
        async work() {
          await Promise.all([audiences.join(tab, session.username), presencePushes.join(tab)]);
          await welcome(parts, tab, session);
        },
      });
    } catch (err) {
      logger.warn({ err }, 'a tab could not join');
      tab.close('CANCELLED');
    }
  };
}

/** Asked again when the bus was interrupted meanwhile: the end of the session may have got lost. */
async function authenticate(sessions: Sessions, tab: Tab, accessToken: string): Promise<Session | null> {
  for (;;) {
    tab.feed.beginLookUp();
    const session = await sessions.authenticate(accessToken);
    if (tab.feed.isWhole || !tab.isOpen) return session;
  }
}

/** Everything that was missed, or nothing; then the welcome; then what has been pushed meanwhile. */
async function welcome(parts: JoinParts, tab: Tab, session: Session): Promise<void> {
  const { missedPushes, liveSessions, pings, presence, pingIntervalS, metrics } = parts;
  const wantsToGoOn = tab.feed.last !== null;
  const missed = await missedPushes.lookUp(tab, session.username);
  if (!missed) return;
  const replayed = wantsToGoOn && missed.outcome === 'complete' ? missed.pushes : [];
  const recovered = wantsToGoOn && missed.outcome === 'complete';
  metrics.replayed(recovered ? 'recovered' : wantsToGoOn ? 'reload' : 'fresh');
  tab.replay(replayed);
  tab.welcome({
    action: 'welcome',
    data: {
      session_id: session.sessionId,
      username: session.username,
      cursor: formatCursor(missed.upTo),
      recovered,
      replayed: replayed.length,
      expires_at: liveSessions.expiresAt(session).toISOString(),
      ping_interval_s: pingIntervalS,
    },
  });
  tab.goLive(missed);
  if (!tab.isOpen) return;
  pings.add(tab);
  presence.join(tab, session);
}
