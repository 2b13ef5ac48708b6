import type { FastifyInstance } from 'fastify';
import { pageQuery } from '../../../protocol/http-requests.ts';
import { isUsername } from '../../../protocol/scalars.ts';
import { callerOf } from '../authentication.ts';
import { HttpRefusal } from '../error-answers.ts';
import { parsed } from '../invalid-fields.ts';
import { possibleUser } from '../path-user.ts';
import type { RequestSteps } from '../request-steps.ts';

/** `/chats`. A chat is addressed by the name of whoever is on its other side. */
export function chatRoutes(api: FastifyInstance, { readPage, executeAndWait }: RequestSteps): void {
  api.get('/chats', async (request) => {
    const page = parsed(pageQuery, 'query', request.query);
    return readPage(request, (models) => models.chats(callerOf(request).username, page));
  });

  api.put<{ Params: { username: string } }>('/chats/:username', async (request, reply) => {
    const other = possibleUser(request.params.username);
    const { changed } = await executeAndWait(request, { type: 'start_chat', other });
    const chat = await readPage(request, (models) => models.openedChat(callerOf(request).username, other));
    if (!chat) throw new HttpRefusal('not_visible_yet');
    reply.code(changed ? 201 : 200);
    return chat;
  });

  api.get<{ Params: { username: string } }>('/chats/:username/messages', async (request) => {
    const page = parsed(pageQuery, 'query', request.query);
    const { username } = request.params;
    const messages = isUsername(username)
      ? await readPage(request, (models) => models.messages(callerOf(request).username, username, page))
      : null;
    if (!messages) throw new HttpRefusal('chat_not_found');
    return messages;
  });
}
