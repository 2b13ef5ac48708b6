import type { FastifyInstance } from 'fastify';
import type { Command } from '../../../protocol/commands.ts';
import { pageQuery, userBody } from '../../../protocol/http-requests.ts';
import type { ReadModels } from '../../../read-models/read-models.ts';
import { callerOf } from '../authentication.ts';
import { HttpRefusal } from '../error-answers.ts';
import { parsed } from '../invalid-fields.ts';
import { possibleUser, requireOwnPath } from '../path-user.ts';
import type { RequestSteps } from '../request-steps.ts';

/** A list that its owner adds users to and removes them from: by which query it is read, by which commands it changes. */
interface UserList {
  readonly path: string;
  readonly query: (
    models: ReadModels,
    ...asked: Parameters<ReadModels['friends']>
  ) => ReturnType<ReadModels['friends']>;
  readonly adding: (username: string) => Command;
  readonly removing: (username: string) => Command;
}

const LISTS: readonly UserList[] = [
  {
    path: 'friends',
    query: (models, ...asked) => models.friends(...asked),
    adding: (friend) => ({ type: 'add_friend', friend }),
    removing: (friend) => ({ type: 'remove_friend', friend }),
  },
  {
    path: 'blocked_users',
    query: (models, ...asked) => models.blockedUsers(...asked),
    adding: (blocked) => ({ type: 'block_user', blocked }),
    removing: (blocked) => ({ type: 'unblock_user', blocked }),
  },
];

/** `/users/{me}/friends` and `/users/{me}/blocked_users`. */
export function userListRoutes(api: FastifyInstance, { readPage, executeAndWait }: RequestSteps): void {
  for (const { path, query, adding, removing } of LISTS) {
    const url = `/users/:me/${path}`;

    api.get<{ Params: { me: string } }>(url, { onRequest: requireOwnPath }, async (request) => {
      const page = parsed(pageQuery, 'query', request.query);
      return readPage(request, (models) => query(models, callerOf(request).username, page));
    });

    api.post<{ Params: { me: string } }>(url, { onRequest: requireOwnPath }, async (request, reply) => {
      const added = possibleUser(parsed(userBody, 'body', request.body).username);
      await executeAndWait(request, adding(added));
      const profile = await readPage(request, (models) => models.profile(callerOf(request).username, added));
      // Who was added as a friend blocks the caller by now, which ended the friendship: as asking again would say.
      if (!profile) throw new HttpRefusal('blocked');
      reply.code(201);
      return profile;
    });

    api.delete<{ Params: { me: string; username: string } }>(
      `${url}/:username`,
      { onRequest: requireOwnPath },
      async (request, reply) => {
        await executeAndWait(request, removing(possibleUser(request.params.username)));
        reply.code(204);
      },
    );
  }
}
