import type { FastifyInstance } from 'fastify';
import { HTTP_ROUTES } from '../../../protocol/http-routes.ts';
import { isUsername } from '../../../protocol/scalars.ts';
import { callerOf } from '../authentication.ts';
import { HttpRefusal } from '../error-answers.ts';
import { possibleUser } from '../path-user.ts';
import type { RequestSteps } from '../request-steps.ts';
import { serveRoute } from '../serve-route.ts';

/** `/chats`. A chat is addressed by the name of whoever is on its other side. */
export function chatRoutes(api: FastifyInstance, { readPage, executeAndWait }: RequestSteps): void {
  serveRoute(api, HTTP_ROUTES.chats, async ({ request, query }) =>
    readPage(request, (models) => models.chats(callerOf(request).username, query)),
  );

  serveRoute(api, HTTP_ROUTES.openChat, async ({ request, reply }) => {
    const other = possibleUser(request.params.username);
    const { changed } = await executeAndWait(request, { type: 'start_chat', other });
    const chat = await readPage(request, (models) => models.openedChat(callerOf(request).username, other));
    if (!chat) throw new HttpRefusal('not_visible_yet');
    if (changed) reply.code(201);
    return chat;
  });

  serveRoute(api, HTTP_ROUTES.messages, async ({ request, query }) => {
    const { username } = request.params;
    const messages = isUsername(username)
      ? await readPage(request, (models) => models.messages(callerOf(request).username, username, query))
      : null;
    if (!messages) throw new HttpRefusal('chat_not_found');
    return messages;
  });
}
