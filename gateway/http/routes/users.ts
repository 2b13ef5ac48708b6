import type { FastifyInstance } from 'fastify';
import { userSearchQuery } from '../../../protocol/http-requests.ts';
import type { ApiParts } from '../api-parts.ts';
import { callerOf } from '../authentication.ts';
import { HttpRefusal } from '../http-refusal.ts';
import { parsed } from '../invalid-fields.ts';
import { possibleUser } from '../path-user.ts';

/** `/self` and `/users`. */
export function userRoutes(api: FastifyInstance, { readModels }: ApiParts): void {
  api.get('/self', async (request) => {
    const self = await readModels.self(callerOf(request).username);
    // Whoever is signed in is registered: the read models are still on their way there.
    if (!self) throw new HttpRefusal('not_visible_yet');
    return self;
  });

  api.get('/users', async (request) => {
    const { search, ...page } = parsed(userSearchQuery, 'query', request.query);
    return readModels.searchUsers(callerOf(request).username, search, page);
  });

  api.get<{ Params: { username: string } }>('/users/:username', async (request) => {
    const user = await readModels.user(callerOf(request).username, possibleUser(request.params.username));
    if (!user) throw new HttpRefusal('user_not_found');
    return user;
  });
}
