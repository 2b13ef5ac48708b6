import { referenceTo } from '../../platform/event-store/event-reference.ts';
import { defineRoom } from '../room.ts';
import { userKey } from '../user-key.ts';
import { TournamentRows } from './rows.ts';
import { CREATE_TOURNAMENTS, INDEX_CREATORS } from './tables.ts';

/** `remembered`: how many rows, where it is not as many as usual. */
export const tournamentsRoom = (remembered?: ConstructorParameters<typeof TournamentRows>[0]) =>
  defineRoom({
    name: 'tournaments',
    tables: ['tournaments', 'open_tournaments'],
    readBy: ['tournaments_open_of_creator'],
    migrations: { 'tournaments-1-create': CREATE_TOURNAMENTS, 'tournaments-2-creators': INDEX_CREATORS },
    open: () => new TournamentRows(remembered),
    project: {
      TournamentCreated(rows, recorded) {
        const { tournamentId, name, requiredParticipants, alias, settings, creator, date } =
          recorded.event.data;
        rows.announce({
          tournament_id: tournamentId,
          position: recorded.position,
          notification_id: referenceTo(recorded),
          name,
          alias,
          required_participants: requiredParticipants,
          settings,
          creator_key: userKey(creator),
          date,
        });
      },
      TournamentClosed: (rows, { event }) => rows.close(event.data.tournamentId),
      UserErased: (rows, { event }) => rows.blankThoseOf(event.data.username),
      // Of what was under way when the user was erased, too.
      ErasureCompleted: (rows, { event }) => rows.blankThoseOf(event.data.username),
    },
  });

/** Those who are told of a tournament are a matter of the notifications. */
export const tournaments = tournamentsRoom();
