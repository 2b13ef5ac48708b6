import type { FastifyInstance } from 'fastify';
import { notificationsQuery } from '../../../protocol/http-requests.ts';
import type { Done } from '../../../protocol/http-resources.ts';
import { callerOf } from '../authentication.ts';
import { parsed } from '../invalid-fields.ts';
import type { RequestSteps } from '../request-steps.ts';

/** `/notifications`. */
export function notificationRoutes(api: FastifyInstance, steps: RequestSteps): void {
  const { readPage, published, executeAndWait } = steps;

  api.get('/notifications', async (request) => {
    const { is_read, ...page } = parsed(notificationsQuery, 'query', request.query);
    return readPage(request, (models) => models.notifications(callerOf(request).username, is_read, page));
  });

  /** Up to what was pushed before: what comes while the request is under way stays unread. */
  api.post('/notifications/mark_all_as_read', async (request): Promise<Done> => {
    const upTo = await published(request);
    // Before the first event is published, nobody has been notified of anything.
    if (upTo >= 0n) await executeAndWait(request, { type: 'mark_all_as_read', upTo: upTo.toString() });
    return { msg: 'All notifications are marked as read.' };
  });
}
