import type { FastifyInstance } from 'fastify';
import { HTTP_ROUTES } from '../../../protocol/http-routes.ts';
import { callerOf } from '../authentication.ts';
import type { RequestSteps } from '../request-steps.ts';
import { serveRoute } from '../serve-route.ts';

/** `/notifications`. */
export function notificationRoutes(api: FastifyInstance, steps: RequestSteps): void {
  const { readPage, published, executeAndWait } = steps;

  serveRoute(api, HTTP_ROUTES.notifications, async ({ request, query: { is_read, ...page } }) =>
    readPage(request, (models) => models.notifications(callerOf(request).username, is_read, page)),
  );

  /** Up to what was pushed before: what comes while the request is under way stays unread. */
  serveRoute(api, HTTP_ROUTES.markAllNotificationsRead, async ({ request }) => {
    const upTo = await published(request);
    // Before the first event is published, nobody has been notified of anything.
    if (upTo >= 0n) await executeAndWait(request, { type: 'mark_all_as_read', upTo: upTo.toString() });
    return { msg: 'All notifications are marked as read.' };
  });
}
