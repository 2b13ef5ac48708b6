import type { FastifyInstance } from 'fastify';
import { HTTP_ROUTES } from '../../../protocol/http-routes.ts';
import { usernameKey, uuid } from '../../../protocol/scalars.ts';
import { callerOf } from '../authentication.ts';
import { HttpRefusal } from '../error-answers.ts';
import type { RequestSteps } from '../request-steps.ts';
import { serveRoute } from '../serve-route.ts';

/** `/tournaments`. `newId` names those that are announced. */
export function tournamentRoutes(
  api: FastifyInstance,
  { readPage, executeAndWait }: RequestSteps,
  newId: () => string,
): void {
  serveRoute(api, HTTP_ROUTES.tournaments, async ({ request, query }) =>
    readPage(request, (models) => models.tournaments(query)),
  );

  serveRoute(api, HTTP_ROUTES.tournament, async ({ request }) => {
    const id = possibleTournament(request.params.id);
    const tournament = await readPage(request, (models) => models.tournament(id));
    if (!tournament) throw new HttpRefusal('tournament_not_found');
    return tournament;
  });

  serveRoute(api, HTTP_ROUTES.announceTournament, async ({ request, body }) => {
    const { required_participants: requiredParticipants, ...about } = body;
    const tournamentId = newId();
    await executeAndWait(request, {
      type: 'create_tournament',
      tournamentId,
      requiredParticipants,
      ...about,
    });
    const tournament = await readPage(request, (models) => models.tournament(tournamentId));
    if (!tournament) throw new HttpRefusal('not_visible_yet');
    return tournament;
  });

  /** Also of one that is closed: the log alone knows what the caller has open. */
  serveRoute(api, HTTP_ROUTES.closeTournament, async ({ request }) => {
    const tournamentId = possibleTournament(request.params.id);
    const tournament = await readPage(request, (models) => models.tournament(tournamentId));
    if (!tournament) throw new HttpRefusal('tournament_not_found');
    if (usernameKey(tournament.creator.username) !== usernameKey(callerOf(request).username))
      throw new HttpRefusal('forbidden');
    await executeAndWait(request, { type: 'close_tournament', tournamentId });
  });
}

/** What is no id is an unknown tournament like any other. */
function possibleTournament(id: string): string {
  const { data } = uuid.safeParse(id);
  if (data === undefined) throw new HttpRefusal('tournament_not_found');
  return data;
}
