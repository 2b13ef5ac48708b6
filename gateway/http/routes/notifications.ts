import type { FastifyInstance } from 'fastify';
import type { Done } from '../../../protocol/http-resources.ts';
import type { RequestSteps } from '../request-steps.ts';

/** `/notifications`. */
export function notificationRoutes(api: FastifyInstance, { published, executeAndWait }: RequestSteps): void {
  /** Up to what was pushed before: what comes while the request is under way stays unread. */
  api.post('/notifications/mark_all_as_read', async (request): Promise<Done> => {
    const upTo = await published(request);
    // Before the first event is published, nobody has been notified of anything.
    if (upTo >= 0n) await executeAndWait(request, { type: 'mark_all_as_read', upTo: upTo.toString() });
    return { msg: 'All notifications are marked as read.' };
  });
}
