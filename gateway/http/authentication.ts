import { createHash, timingSafeEqual } from 'node:crypto';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { credentialsOf } from '../accounts/credentials.ts';
import type { Session } from '../accounts/session.ts';
import type { Presence } from '../presence/presence.ts';
import type { AllowsOrigin } from '../public-address.ts';
import { requireCsrfProof } from './csrf.ts';
import { type AnswerError, HttpRefusal } from './error-answers.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** Whose request it is; null on routes that anybody may use. Read it with `callerOf`. */
    session: Session | null;
  }
}

const SAFE_METHODS: readonly string[] = ['GET', 'HEAD', 'OPTIONS'];

/** null: not a session's token. */
export type Authenticate = (request: FastifyRequest, accessToken: string) => Promise<Session | null>;

export interface SessionCheckParts {
  readonly allowsOrigin: AllowsOrigin;
  readonly presence: Pick<Presence, 'active'>;
}

/**
 * Ends requests of those who are not signed in (401), or who may have been made to send it by a foreign page (403). By any other
 * request the sign-in is active.
 */
export const sessionCheck =
  (authenticate: Authenticate, { allowsOrigin, presence }: SessionCheckParts) =>
  async (request: FastifyRequest): Promise<void> => {
    const { authorization, cookie } = request.headers;
    const credentials = credentialsOf({ authorization, cookie });
    request.session = credentials && (await authenticate(request, credentials.accessToken));
    if (!credentials || !request.session) throw new HttpRefusal('unauthenticated');
    if (credentials.from === 'cookie' && !SAFE_METHODS.includes(request.method))
      requireCsrfProof(request, allowsOrigin);
    presence.active(request.session.sessionId);
  };

/** Only those who are signed in get to the routes that are registered here. */
export function requireSession(
  app: FastifyInstance,
  authenticate: Authenticate,
  parts: SessionCheckParts,
): void {
  app.addHook('onRequest', sessionCheck(authenticate, parts));
}

/**
 * For paths of which the router cannot make a name (`/users/%ff`). No route that anybody may use has a name in its path, so whoever is
 * not signed in is told that first, as at all others.
 */
export const answerUnreadablePaths =
  (authenticate: Authenticate, answerError: AnswerError) =>
  (error: Error, request: FastifyRequest, reply: FastifyReply): void => {
    const answer = (reason: unknown) => answerError(reason, request, reply);
    const { authorization, cookie } = request.headers;
    const credentials = credentialsOf({ authorization, cookie });
    const session = credentials ? authenticate(request, credentials.accessToken) : Promise.resolve(null);
    session.then((found) => answer(found ? error : new HttpRefusal('unauthenticated'))).catch(answer);
  };

/**
 * Whether a request brings this secret as its bearer token; without a secret none does. How long it takes to tell says nothing
 * about the secret.
 */
export function bearerOf(secret: string | undefined): (request: FastifyRequest) => boolean {
  if (secret === undefined) return () => false;
  const expected = digest(secret);
  return ({ headers: { authorization } }) => {
    const credentials = credentialsOf({ authorization });
    return credentials !== null && timingSafeEqual(digest(credentials.accessToken), expected);
  };
}

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

/** Throws `HttpRefusal` (401) on a route that is not behind `requireSession`. */
export function callerOf(request: FastifyRequest): Session {
  if (!request.session) throw new HttpRefusal('unauthenticated');
  return request.session;
}
