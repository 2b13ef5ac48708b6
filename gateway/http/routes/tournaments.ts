import type { FastifyInstance } from 'fastify';
import { pageQuery, tournamentBody } from '../../../protocol/http-requests.ts';
import { usernameKey, uuid } from '../../../protocol/scalars.ts';
import { callerOf } from '../authentication.ts';
import { HttpRefusal } from '../error-answers.ts';
import { parsed } from '../invalid-fields.ts';
import type { RequestSteps } from '../request-steps.ts';

/** `/tournaments`. `newId` names those that are announced. */
export function tournamentRoutes(
  api: FastifyInstance,
  { readPage, executeAndWait }: RequestSteps,
  newId: () => string,
): void {
  api.get('/tournaments', async (request) => {
    const page = parsed(pageQuery, 'query', request.query);
    return readPage(request, (models) => models.tournaments(page));
  });

  api.get<{ Params: { id: string } }>('/tournaments/:id', async (request) => {
    const id = possibleTournament(request.params.id);
    const tournament = await readPage(request, (models) => models.tournament(id));
    if (!tournament) throw new HttpRefusal('tournament_not_found');
    return tournament;
  });

  api.post('/tournaments', async (request, reply) => {
    const { required_participants: requiredParticipants, ...about } = parsed(
      tournamentBody,
      'body',
      request.body,
    );
    const tournamentId = newId();
    await executeAndWait(request, {
      type: 'create_tournament',
      tournamentId,
      requiredParticipants,
      ...about,
    });
    const tournament = await readPage(request, (models) => models.tournament(tournamentId));
    if (!tournament) throw new HttpRefusal('not_visible_yet');
    reply.code(201);
    return tournament;
  });

  /** Also of one that is closed: the log alone knows what the caller has open. */
  api.delete<{ Params: { id: string } }>('/tournaments/:id', async (request, reply) => {
    const tournamentId = possibleTournament(request.params.id);
    const tournament = await readPage(request, (models) => models.tournament(tournamentId));
    if (!tournament) throw new HttpRefusal('tournament_not_found');
    if (usernameKey(tournament.creator.username) !== usernameKey(callerOf(request).username))
      throw new HttpRefusal('forbidden');
    await executeAndWait(request, { type: 'close_tournament', tournamentId });
    reply.code(204);
  });
}

/** What is no id is an unknown tournament like any other. */
function possibleTournament(id: string): string {
  const { data } = uuid.safeParse(id);
  if (data === undefined) throw new HttpRefusal('tournament_not_found');
  return data;
}
