import type { DueDuel } from '../read-models/duels/due-duels.ts';
import type { ReadModels } from '../read-models/read-models.ts';
import { type Due, pageSize, pagesOf, type ToDoList } from './to-do-list.ts';

/** Nobody waits for housekeeping: with so many on their way at once it takes little from those who are waited for. */
const PACE = { requests: 32, together: 1 };

/** What expires of duels, and what a crash left half done. Each in a request of its own: one that takes up all of its time keeps no other unanswered. */
export const dueDuels = (readModels: Pick<ReadModels, 'dueDuels'>): ToDoList => ({
  name: 'duels',
  ...PACE,
  async *pages(now) {
    const page = { before: now.toISOString(), limit: pageSize(PACE) };
    for await (const duels of pagesOf((after: DueDuel | null) => readModels.dueDuels({ ...page, after })))
      yield duels.map(settling);
  },
});

const settling = ({ invitation_id: invitationId, inviter, invitee, due_at }: DueDuel): Due => ({
  command: { type: 'settle_duel', invitationId, inviter, invitee },
  since: due_at,
});
