import type { FastifyInstance } from 'fastify';
import { profileBody, userSearchQuery } from '../../../protocol/http-requests.ts';
import { callerOf } from '../authentication.ts';
import { HttpRefusal } from '../error-answers.ts';
import { parsed } from '../invalid-fields.ts';
import { possibleUser } from '../path-user.ts';
import type { RequestSteps } from '../request-steps.ts';

/** `/self` and `/users`. */
export function userRoutes(api: FastifyInstance, { readPage, executeAndWait }: RequestSteps): void {
  api.get('/self', async (request) => {
    const self = await readPage(request, (models) => models.self(callerOf(request).username));
    // Whoever is signed in is registered: the read models are still on their way there.
    if (!self) throw new HttpRefusal('not_visible_yet');
    return self;
  });

  api.patch('/self', async (request) => {
    await executeAndWait(request, {
      type: 'update_profile',
      ...parsed(profileBody, 'body', request.body),
    });
    const { username } = callerOf(request);
    const profile = await readPage(request, (models) => models.profile(username, username));
    if (!profile) throw new HttpRefusal('not_visible_yet');
    return profile;
  });

  api.get('/users', async (request) => {
    const { search, ...page } = parsed(userSearchQuery, 'query', request.query);
    return readPage(request, (models) => models.searchUsers(callerOf(request).username, search, page));
  });

  api.get<{ Params: { username: string } }>('/users/:username', async (request) => {
    const username = possibleUser(request.params.username);
    const user = await readPage(request, (models) => models.user(callerOf(request).username, username));
    if (!user) throw new HttpRefusal('user_not_found');
    return user;
  });
}
