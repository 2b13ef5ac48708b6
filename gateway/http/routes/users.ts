import type { FastifyInstance } from 'fastify';
import { HTTP_ROUTES } from '../../../protocol/http-routes.ts';
import { callerOf } from '../authentication.ts';
import { HttpRefusal } from '../error-answers.ts';
import { possibleUser } from '../path-user.ts';
import type { RequestSteps } from '../request-steps.ts';
import { serveRoute } from '../serve-route.ts';

/** `/self` and `/users`. */
export function userRoutes(api: FastifyInstance, { readPage, executeAndWait }: RequestSteps): void {
  serveRoute(api, HTTP_ROUTES.self, async ({ request }) => {
    const self = await readPage(request, (models) => models.self(callerOf(request).username));
    // Whoever is signed in is registered: the read models are still on their way there.
    if (!self) throw new HttpRefusal('not_visible_yet');
    return self;
  });

  serveRoute(api, HTTP_ROUTES.updateProfile, async ({ request, body }) => {
    await executeAndWait(request, { type: 'update_profile', ...body });
    const { username } = callerOf(request);
    const profile = await readPage(request, (models) => models.profile(username, username));
    if (!profile) throw new HttpRefusal('not_visible_yet');
    return profile;
  });

  serveRoute(api, HTTP_ROUTES.users, async ({ request, query: { search, ...page } }) => {
    return readPage(request, (models) => models.searchUsers(callerOf(request).username, search, page));
  });

  serveRoute(api, HTTP_ROUTES.user, async ({ request }) => {
    const username = possibleUser(request.params.username);
    const user = await readPage(request, (models) => models.user(callerOf(request).username, username));
    if (!user) throw new HttpRefusal('user_not_found');
    return user;
  });
}
