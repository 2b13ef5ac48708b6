import type { FastifyInstance } from 'fastify';
import { pageQuery } from '../../../protocol/http-requests.ts';
import { isUsername } from '../../../protocol/scalars.ts';
import type { ApiParts } from '../api-parts.ts';
import { callerOf } from '../authentication.ts';
import type { CarryOut } from '../carry-out.ts';
import { HttpRefusal } from '../http-refusal.ts';
import { parsed } from '../invalid-fields.ts';
import { possibleUser } from '../path-user.ts';

/** `/chats`. A chat is addressed by the name of whoever is on its other side. */
export function chatRoutes(api: FastifyInstance, { readModels }: ApiParts, carryOut: CarryOut): void {
  api.get('/chats', async (request) =>
    readModels.chats(callerOf(request).username, parsed(pageQuery, 'query', request.query)),
  );

  api.put<{ Params: { username: string } }>('/chats/:username', async (request, reply) => {
    const other = possibleUser(request.params.username);
    const { changed } = await carryOut(request, { type: 'start_chat', other });
    const chat = await readModels.openedChat(callerOf(request).username, other);
    if (!chat) throw new HttpRefusal('not_visible_yet');
    reply.code(changed ? 201 : 200);
    return chat;
  });

  api.get<{ Params: { username: string } }>('/chats/:username/messages', async (request) => {
    const page = parsed(pageQuery, 'query', request.query);
    const { username } = request.params;
    const caller = callerOf(request).username;
    const messages = isUsername(username) ? await readModels.messages(caller, username, page) : null;
    if (!messages) throw new HttpRefusal('chat_not_found');
    return messages;
  });
}
