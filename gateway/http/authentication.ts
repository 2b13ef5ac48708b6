import type { FastifyInstance, FastifyRequest } from 'fastify';
import { credentialsOf } from '../accounts/credentials.ts';
import type { Session } from '../accounts/session.ts';
import type { AllowsOrigin } from '../public-address.ts';
import { requireCsrfProof } from './csrf.ts';
import { HttpRefusal } from './error-answers.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** Whose request it is; null on routes that anybody may use. Read it with `callerOf`. */
    session: Session | null;
  }
}

const SAFE_METHODS: readonly string[] = ['GET', 'HEAD', 'OPTIONS'];

/** null: not a session's token. */
export type Authenticate = (request: FastifyRequest, accessToken: string) => Promise<Session | null>;

/** Only those who are signed in get to the routes that are registered here. */
export function requireSession(
  app: FastifyInstance,
  authenticate: Authenticate,
  allowsOrigin: AllowsOrigin,
): void {
  app.addHook('onRequest', async (request) => {
    const { authorization, cookie } = request.headers;
    const credentials = credentialsOf({ authorization, cookie });
    request.session = credentials && (await authenticate(request, credentials.accessToken));
    if (!credentials || !request.session) throw new HttpRefusal('unauthenticated');
    if (credentials.from === 'cookie' && !SAFE_METHODS.includes(request.method))
      requireCsrfProof(request, allowsOrigin);
  });
}

/** Throws `HttpRefusal` (401) on a route that is not behind `requireSession`. */
export function callerOf(request: FastifyRequest): Session {
  if (!request.session) throw new HttpRefusal('unauthenticated');
  return request.session;
}
