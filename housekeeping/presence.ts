import type { DropReason } from '../protocol/commands.ts';
import type { DueDeparture, SessionOfGateway } from '../read-models/presence/session-lists.ts';
import type { ReadModels } from '../read-models/read-models.ts';
import { type Due, pageSize, pagesOf, type ToDoList } from './to-do-list.ts';

/** A gateway that is killed leaves thousands of sessions behind, each of which is a small step: they go by the hundred. */
export const PRESENCE_PACE = { requests: 4, together: 32 };

/** Users whose last session has been over for long enough: they are said to have gone. */
export const dueDepartures = (readModels: Pick<ReadModels, 'dueDepartures'>): ToDoList => ({
  name: 'departures',
  ...PRESENCE_PACE,
  async *pages(now) {
    const page = { before: now.toISOString(), limit: pageSize(PRESENCE_PACE) };
    const find = (after: DueDeparture | null) => readModels.dueDepartures({ ...page, after });
    for await (const departures of pagesOf(find)) yield departures.map(settling);
  },
});

const settling = ({ username, offline_at: since }: DueDeparture): Due => ({
  command: { type: 'settle_presence', username },
  since,
});

/** From a session that is listed to its end. Its user goes offline at once, if it is the last one. */
export const dropping = (
  { username, session_id: sessionId }: SessionOfGateway,
  reason: DropReason,
  since: string,
): Due => ({
  command: { type: 'drop_session', username, sessionId, reason, graceMs: 0 },
  since,
});
