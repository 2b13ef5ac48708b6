import type { FastifyInstance } from 'fastify';
import type { Command } from '../../../protocol/commands.ts';
import { HTTP_ROUTES } from '../../../protocol/http-routes.ts';
import type { ReadModels } from '../../../read-models/read-models.ts';
import { callerOf } from '../authentication.ts';
import { HttpRefusal } from '../error-answers.ts';
import { possibleUser, requireOwnPath } from '../path-user.ts';
import type { RequestSteps } from '../request-steps.ts';
import { type Asked, serveRoute } from '../serve-route.ts';

/** A list that its owner adds users to and removes them from: by which query it is read, by which commands it changes. */
interface UserList {
  readonly list: typeof HTTP_ROUTES.friends | typeof HTTP_ROUTES.blockedUsers;
  readonly add: typeof HTTP_ROUTES.addFriend | typeof HTTP_ROUTES.blockUser;
  readonly remove: typeof HTTP_ROUTES.removeFriend | typeof HTTP_ROUTES.unblockUser;
  readonly query: (
    models: ReadModels,
    ...asked: Parameters<ReadModels['friends']>
  ) => ReturnType<ReadModels['friends']>;
  readonly adding: (username: string) => Command;
  readonly removing: (username: string) => Command;
}

const LISTS: readonly UserList[] = [
  {
    list: HTTP_ROUTES.friends,
    add: HTTP_ROUTES.addFriend,
    remove: HTTP_ROUTES.removeFriend,
    query: (models, ...asked) => models.friends(...asked),
    adding: (friend) => ({ type: 'add_friend', friend }),
    removing: (friend) => ({ type: 'remove_friend', friend }),
  },
  {
    list: HTTP_ROUTES.blockedUsers,
    add: HTTP_ROUTES.blockUser,
    remove: HTTP_ROUTES.unblockUser,
    query: (models, ...asked) => models.blockedUsers(...asked),
    adding: (blocked) => ({ type: 'block_user', blocked }),
    removing: (blocked) => ({ type: 'unblock_user', blocked }),
  },
];

/** `/users/{me}/friends` and `/users/{me}/blocked_users`. */
export function userListRoutes(api: FastifyInstance, { readPage, executeAndWait }: RequestSteps): void {
  for (const { list, add, remove, query, adding, removing } of LISTS) {
    const readList = async ({ request, query: page }: Asked<typeof list>) =>
      readPage(request, (models) => query(models, callerOf(request).username, page));

    const addUser = async ({ request, body }: Asked<typeof add>) => {
      const added = possibleUser(body.username);
      await executeAndWait(request, adding(added));
      const profile = await readPage(request, (models) => models.profile(callerOf(request).username, added));
      // Who was added as a friend blocks the caller by now, which ended the friendship: as asking again would say.
      if (!profile) throw new HttpRefusal('blocked');
      return profile;
    };

    const removeUser = async ({ request }: Asked<typeof remove>) => {
      await executeAndWait(request, removing(possibleUser(request.params.username)));
    };

    serveRoute(api, list, readList, requireOwnPath);
    serveRoute(api, add, addUser, requireOwnPath);
    serveRoute(api, remove, removeUser, requireOwnPath);
  }
}
