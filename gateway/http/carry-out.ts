import type { FastifyRequest } from 'fastify';
import type { Command, CommandReply } from '../../protocol/commands.ts';
import type { ApiParts } from './api-parts.ts';
import { isAbandoned } from './arrived-request.ts';
import { callerOf } from './authentication.ts';
import { HttpRefusal } from './http-refusal.ts';

type Accepted = Extract<CommandReply, { outcome: 'accepted' }>;

/**
 * Resolves when the caller's command is stored and its effect can be read; a refusal ends the request. A command whose
 * caller has gone already is not given.
 */
export type CarryOut = (request: FastifyRequest, command: Command) => Promise<Accepted>;

export function createCarryOut({ sendCommand, projected, newId }: ApiParts): CarryOut {
  return async (request, command) => {
    if (isAbandoned(request)) throw new HttpRefusal('unavailable');
    const reply = await sendCommand(command, {
      actor: callerOf(request).username,
      commandId: newId(),
      correlationId: request.id,
    });
    if (reply.outcome === 'refused') throw new HttpRefusal(reply.code, reply.retryAfterMs);
    if (!(await projected.waitFor(BigInt(reply.position)))) throw new HttpRefusal('not_visible_yet');
    return reply;
  };
}
