import type { FastifyInstance } from 'fastify';
import { GAME_SERVER } from '../../../protocol/commands.ts';
import { HTTP_ROUTES } from '../../../protocol/http-routes.ts';
import { uuid } from '../../../protocol/scalars.ts';
import type { ApiOptions } from '../api-options.ts';
import { bearerOf, sessionCheck } from '../authentication.ts';
import { HttpRefusal } from '../error-answers.ts';
import type { RequestSteps } from '../request-steps.ts';
import { serveRoute } from '../serve-route.ts';

/**
 * `POST /games/{id}/finish`: the game server reports by its token that a game is over. While there is no game server, which is
 * said by there being no `GAME_URL`, a player does by a session.
 */
export function gameRoutes(
  api: FastifyInstance,
  { authenticate, executeAndWait }: RequestSteps,
  parts: ApiOptions,
): void {
  const { SERVICE_TOKEN, GAME_URL } = parts.configuration;
  const isGameServer = bearerOf(SERVICE_TOKEN);
  const requirePlayer = sessionCheck(authenticate, parts);
  api.addHook('onRequest', async (request) => {
    if (!isGameServer(request)) await requirePlayer(request);
  });

  serveRoute(api, HTTP_ROUTES.finishGame, async ({ request }) => {
    const asPlayer = request.session !== null;
    if (asPlayer && GAME_URL !== undefined) throw new HttpRefusal('forbidden');
    const { data: gameId } = uuid.safeParse(request.params.id);
    if (gameId === undefined) throw new HttpRefusal('game_not_found');
    // Games do not wait for each other, though one server reports them all.
    const gameServer = { actor: GAME_SERVER, line: `${GAME_SERVER} ${gameId}` };
    await executeAndWait(
      request,
      { type: 'finish_game', gameId, asPlayer },
      asPlayer ? undefined : gameServer,
    );
  });
}
