import type { FastifyInstance } from 'fastify';
import { HTTP_ROUTES } from '../../../protocol/http-routes.ts';
import type { ApiOptions } from '../api-options.ts';
import { clientOf } from '../arrived-request.ts';
import { callerOf } from '../authentication.ts';
import { HttpRefusal } from '../error-answers.ts';
import { requireOwn } from '../path-user.ts';
import type { RequestSteps } from '../request-steps.ts';
import { serveRoute } from '../serve-route.ts';
import { createSessionCookies } from '../session-cookies.ts';

/**
 * `DELETE /users/{username}`, of the caller alone. What the log has is certain: whatever of the rest is not done here, because this gateway dies or the answer is lost,
 * housekeeping sees to.
 */
export function erasureRoute(
  api: FastifyInstance,
  { executeAndWait }: RequestSteps,
  { accounts, clientAddressOf, configuration, logger }: ApiOptions,
): void {
  const sessionCookies = createSessionCookies(configuration);
  serveRoute(api, HTTP_ROUTES.erase, async ({ request, reply, body: { password } }) => {
    requireOwn(request, request.params.username);
    const { username } = callerOf(request);
    const client = clientOf(request, clientAddressOf);
    const proved = await accounts.provePassword({ identifier: username, password, client });
    if (proved.outcome === 'rate_limited') throw new HttpRefusal('rate_limited', proved.retryAfterMs);
    if (proved.outcome === 'invalid_credentials') throw new HttpRefusal('invalid_credentials');
    await executeAndWait(request, { type: 'erase_user', username });
    await accounts.erase(username).catch((error: unknown) => {
      logger.warn({ err: error }, 'an account could not be deleted at once: housekeeping has it done');
    });
    sessionCookies.clear(reply);
  });
}
