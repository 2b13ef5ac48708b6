import type { FastifyInstance } from 'fastify';
import { pageQuery, userBody } from '../../../protocol/http-requests.ts';
import { callerOf } from '../authentication.ts';
import { HttpRefusal } from '../error-answers.ts';
import { parsed } from '../invalid-fields.ts';
import { possibleUser, requireOwnPath } from '../path-user.ts';
import type { RequestSteps } from '../request-steps.ts';

/** `/users/{me}/blocked_users`. */
export function blockedUserRoutes(api: FastifyInstance, { readPage, executeAndWait }: RequestSteps): void {
  api.get<{ Params: { me: string } }>(
    '/users/:me/blocked_users',
    { onRequest: requireOwnPath },
    async (request) => {
      const page = parsed(pageQuery, 'query', request.query);
      return readPage(request, (models) => models.blockedUsers(callerOf(request).username, page));
    },
  );

  api.post<{ Params: { me: string } }>(
    '/users/:me/blocked_users',
    { onRequest: requireOwnPath },
    async (request, reply) => {
      const blocked = possibleUser(parsed(userBody, 'body', request.body).username);
      await executeAndWait(request, { type: 'block_user', blocked });
      const profile = await readPage(request, (models) =>
        models.profile(callerOf(request).username, blocked),
      );
      if (!profile) throw new HttpRefusal('not_visible_yet');
      reply.code(201);
      return profile;
    },
  );

  api.delete<{ Params: { me: string; username: string } }>(
    '/users/:me/blocked_users/:username',
    { onRequest: requireOwnPath },
    async (request, reply) => {
      await executeAndWait(request, { type: 'unblock_user', blocked: possibleUser(request.params.username) });
      reply.code(204);
    },
  );
}
