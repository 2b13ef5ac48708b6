import type { FastifyInstance } from 'fastify';
import { pageQuery, userBody } from '../../../protocol/http-requests.ts';
import type { ApiParts } from '../api-parts.ts';
import { callerOf } from '../authentication.ts';
import { blockedProfile } from '../blocked-profile.ts';
import type { CarryOut } from '../carry-out.ts';
import { parsed } from '../invalid-fields.ts';
import { possibleUser, requireOwnPath } from '../path-user.ts';

/** `/users/{me}/blocked_users`. */
export function blockedUserRoutes(api: FastifyInstance, { readModels }: ApiParts, carryOut: CarryOut): void {
  api.get<{ Params: { me: string } }>(
    '/users/:me/blocked_users',
    { onRequest: requireOwnPath },
    async (request) =>
      readModels.blockedUsers(callerOf(request).username, parsed(pageQuery, 'query', request.query)),
  );

  api.post<{ Params: { me: string } }>(
    '/users/:me/blocked_users',
    { onRequest: requireOwnPath },
    async (request, reply) => {
      const blocked = possibleUser(parsed(userBody, 'body', request.body).username);
      await carryOut(request, { type: 'block_user', blocked });
      reply.code(201);
      return blockedProfile(readModels, callerOf(request).username, blocked);
    },
  );

  api.delete<{ Params: { me: string; username: string } }>(
    '/users/:me/blocked_users/:username',
    { onRequest: requireOwnPath },
    async (request, reply) => {
      await carryOut(request, { type: 'unblock_user', blocked: possibleUser(request.params.username) });
      reply.code(204);
    },
  );
}
