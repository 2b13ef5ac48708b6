import cookies from '@fastify/cookie';
import fastify, { type FastifyInstance } from 'fastify';
import { HTTP_BODY_BYTES_LIMIT } from '../public-server/public-server.ts';
import type { ApiOptions } from './api-options.ts';
import { answerUnreadablePaths, requireSession } from './authentication.ts';
import { acceptCausalReads } from './causal-reads.ts';
import { answerPreflights } from './cross-origin.ts';
import { answerErrors } from './error-answers.ts';
import { createHttpHandler, type HttpApi } from './http-handler.ts';
import { acceptJsonBodies } from './json-body.ts';
import { answerMissingRoutes } from './missing-routes.ts';
import { observeRequests } from './request-observation.ts';
import { createRequestSteps, type RequestSteps } from './request-steps.ts';
import { chatRoutes } from './routes/chats.ts';
import { documentRoutes } from './routes/documents.ts';
import { erasureRoute } from './routes/erasure.ts';
import { frontPageRoute } from './routes/front-page.ts';
import { gameRoutes } from './routes/games.ts';
import { notificationRoutes } from './routes/notifications.ts';
import { logOutRoute, refreshRoute } from './routes/session.ts';
import { signInRoutes } from './routes/sign-in.ts';
import { tournamentRoutes } from './routes/tournaments.ts';
import { userListRoutes } from './routes/user-lists.ts';
import { userRoutes } from './routes/users.ts';
import { pageOf, webClientRoutes } from './routes/web-client.ts';
import { traceRequests } from './trace-requests.ts';

/** Longer than any percent-encoded username. */
const PATH_PARAMETER_LIMIT = 512;

/** The REST API under `/api`, and beside it the web client, or a page at `/` that says what runs here. */
export const createHttpApi = (parts: ApiOptions): Promise<HttpApi> =>
  createHttpHandler(createHttpApp(parts), parts);

/** Its routes are registered once it is ready. */
export function createHttpApp(parts: ApiOptions): FastifyInstance {
  const { logger, registry, newId } = parts;
  const answerError = answerErrors(logger);
  const steps = createRequestSteps(parts);
  const app = fastify({
    logger: false,
    bodyLimit: HTTP_BODY_BYTES_LIMIT,
    exposeHeadRoutes: false,
    genReqId: () => newId(),
    routerOptions: { ignoreTrailingSlash: true, maxParamLength: PATH_PARAMETER_LIMIT },
    frameworkErrors: answerUnreadablePaths(steps.authenticate, answerError),
  });
  app.decorateRequest('session', null);
  app.register(cookies);
  app.addHook('onRequest', async (_request, reply) => {
    reply.headers({ 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' });
  });
  observeRequests(app, logger, registry);
  if (parts.tracing) traceRequests(app, parts.tracing);
  answerPreflights(app, parts.allowsOrigin);
  acceptJsonBodies(app);
  app.setErrorHandler(answerError);
  const { registerOtherMethods } = answerMissingRoutes(app, parts.webClient && pageOf(parts.webClient));
  if (parts.webClient) webClientRoutes(app, parts.webClient);
  else frontPageRoute(app);
  app.register(async (api) => apiRoutes(api, steps, parts), { prefix: '/api' });
  app.register(async () => registerOtherMethods());
  return app;
}

async function apiRoutes(api: FastifyInstance, steps: RequestSteps, parts: ApiOptions): Promise<void> {
  documentRoutes(api);
  signInRoutes(api, parts);
  refreshRoute(api, parts);
  await api.register(async (games) => gameRoutes(games, steps, parts));
  await api.register(async (members) => {
    requireSession(members, steps.authenticate, parts);
    acceptCausalReads(members);
    logOutRoute(members, parts);
    userRoutes(members, steps);
    erasureRoute(members, steps, parts);
    userListRoutes(members, steps);
    chatRoutes(members, steps);
    notificationRoutes(members, steps);
    tournamentRoutes(members, steps, parts.newId);
  });
}
