import type { LastSeen } from '../platform/liveness/last-seen.ts';
import type { ListedSession } from '../read-models/presence/session-lists.ts';
import type { ReadModels } from '../read-models/read-models.ts';
import { dropping, PRESENCE_PACE } from './presence.ts';
import { type Due, pageSize, pagesOf, type ToDoList } from './to-do-list.ts';

/** Looked at together: two statements by keys. */
const SESSIONS_AT_ONCE = 512;

/** Gateways write every half a minute, or more often, who has done something. */
const LONGEST_UNWRITTEN_MS = 60_000;

export interface IdleSessionsOptions {
  readonly readModels: Pick<ReadModels, 'sessions'>;
  /** By sign-in. */
  readonly lastSeen: Pick<LastSeen, 'read' | 'deleteBefore'>;
  /** A sign-in of which nothing came for so long is idle. */
  readonly limitMs: number;
  readonly everyMs: number;
}

/**
 * Sessions of sign-ins that have not done anything for too long: neither opened one nor been seen since.
 *
 * While the database is away gateways cannot write whom they see. So nobody is taken for idle before they had time to do it.
 */
export const idleSessions = ({ readModels, lastSeen, limitMs, everyMs }: IdleSessionsOptions): ToDoList => ({
  name: 'idle_sessions',
  ...PRESENCE_PACE,
  everyMs,
  afterMs: Math.min(LONGEST_UNWRITTEN_MS, limitMs / 2),
  async *pages(now) {
    const idleBefore = now.getTime() - limitMs;
    const find = (after: ListedSession | null) =>
      readModels.sessions({ after: after?.session_id ?? null, limit: SESSIONS_AT_ONCE });
    for await (const sessions of pagesOf(find)) {
      const seen = await lastSeen.read([...new Set(sessions.map(({ login_id }) => login_id))]);
      const idle: Due[] = [];
      for (const session of sessions) {
        const activeAt = Math.max(Date.parse(session.opened_at), seen.get(session.login_id)?.getTime() ?? 0);
        if (activeAt < idleBefore)
          idle.push(dropping(session, 'inactive', new Date(activeAt + limitMs).toISOString()));
      }
      for (let from = 0; from < idle.length; from += pageSize(PRESENCE_PACE))
        yield idle.slice(from, from + pageSize(PRESENCE_PACE));
    }
    // Whoever was seen before that is as idle as whoever was not seen at all.
    await lastSeen.deleteBefore(new Date(idleBefore));
  },
});
