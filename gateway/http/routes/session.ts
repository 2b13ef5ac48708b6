import type { FastifyInstance } from 'fastify';
import { HTTP_ROUTES } from '../../../protocol/http-routes.ts';
import type { ApiOptions } from '../api-options.ts';
import { clientOf } from '../arrived-request.ts';
import { callerOf } from '../authentication.ts';
import { requireCsrfProof } from '../csrf.ts';
import { HttpRefusal } from '../error-answers.ts';
import { serveRoute } from '../serve-route.ts';
import { CSRF_COOKIE, createSessionCookies, REFRESH_TOKEN_COOKIE } from '../session-cookies.ts';

/** `POST /refresh`: authenticates by the refresh token alone. */
export function refreshRoute(
  api: FastifyInstance,
  { accounts, allowsOrigin, clientAddressOf, configuration }: ApiOptions,
): void {
  const sessionCookies = createSessionCookies(configuration);
  serveRoute(api, HTTP_ROUTES.refresh, async ({ request, reply }) => {
    const refreshToken = request.cookies[REFRESH_TOKEN_COOKIE];
    if (!refreshToken) throw new HttpRefusal('unauthenticated');
    const refresh = { refreshToken, client: clientOf(request, clientAddressOf) };
    if (!(await accounts.acceptsRefresh(refresh))) throw new HttpRefusal('unauthenticated');
    // Before the token is spent: a foreign page must not be able to use it up.
    requireCsrfProof(request, allowsOrigin);
    const signedIn = await accounts.refresh(refresh);
    if (!signedIn) throw new HttpRefusal('unauthenticated');
    sessionCookies.set(reply, signedIn, request.cookies[CSRF_COOKIE]);
  });
}

/** `DELETE /logout`. */
export function logOutRoute(api: FastifyInstance, { accounts, configuration }: ApiOptions): void {
  const sessionCookies = createSessionCookies(configuration);
  serveRoute(api, HTTP_ROUTES.logOut, async ({ request, reply }) => {
    await accounts.logOut(callerOf(request).sessionId);
    sessionCookies.clear(reply);
  });
}
