import type { FastifyInstance } from 'fastify';
import type { AllowsOrigin } from '../public-address.ts';
import type { HttpRequest, HttpResponse } from '../public-server/public-server.ts';
import { AFTER_HEADER, POSITION_HEADER } from './causal-reads.ts';
import { CSRF_HEADER, SESSION_EXPIRES_HEADER } from './session-cookies.ts';

const PREFLIGHT_ANSWER = {
  'access-control-allow-methods': 'GET, POST, PUT, PATCH, DELETE',
  'access-control-allow-headers': `Content-Type, Authorization, ${CSRF_HEADER}, ${AFTER_HEADER}`,
  // An hour: browsers ask again then, and an origin that is allowed no more is refused by the answers themselves.
  'access-control-max-age': '3600',
};

const EXPOSED = [POSITION_HEADER, SESSION_EXPIRES_HEADER, CSRF_HEADER, 'Retry-After'].join(', ');

/**
 * To be called before any route is registered: answers what browsers ask on behalf of pages of allowed origins before they send
 * a request. Who may read that answer, `shareAnswer` says.
 */
export function answerPreflights(app: FastifyInstance, allowsOrigin: AllowsOrigin): void {
  app.addHook('onRequest', async (request, reply) => {
    const { origin, 'access-control-request-method': method } = request.headers;
    if (request.method === 'OPTIONS' && method !== undefined && origin !== undefined && allowsOrigin(origin))
      return reply.code(204).headers(PREFLIGHT_ANSWER).send();
  });
}

/** Lets pages of allowed origins read an answer, whoever made it: what a page may not read looks to it like a broken network. */
export function shareAnswer(
  { headers: { origin } }: HttpRequest,
  answer: HttpResponse,
  allowsOrigin: AllowsOrigin,
): HttpResponse {
  const isAllowed = origin !== undefined && allowsOrigin(origin);
  return {
    ...answer,
    headers: {
      ...answer.headers,
      // Also where nobody is allowed: no cache may give an answer to one origin that was made for another.
      vary: [answer.headers.vary ?? [], 'Origin'].flat().join(', '),
      ...(isAllowed && {
        'access-control-allow-origin': origin,
        'access-control-allow-credentials': 'true',
        'access-control-expose-headers': EXPOSED,
      }),
    },
  };
}
