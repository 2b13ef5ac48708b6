import type { FastifyRequest } from 'fastify';
import { isUsername, usernameKey } from '../../protocol/scalars.ts';
import { callerOf } from './authentication.ts';
import { HttpRefusal } from './error-answers.ts';

/** A name in the path or body that nobody can have is an unknown user like any other. */
export function possibleUser(username: string): string {
  if (!isUsername(username)) throw new HttpRefusal('user_not_found');
  return username;
}

/** For `/users/{me}/…`: what is somebody else's is not the caller's to see or change. */
export async function requireOwnPath(request: FastifyRequest<{ Params: { me: string } }>): Promise<void> {
  requireOwn(request, request.params.me);
}

/** Throws `HttpRefusal` when that is somebody else's name. */
export function requireOwn(request: FastifyRequest, username: string): void {
  if (usernameKey(username) !== usernameKey(callerOf(request).username)) throw new HttpRefusal('forbidden');
}
