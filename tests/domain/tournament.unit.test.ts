import { describe, it } from 'vitest';
import {
  ANNOUNCEMENTS_LIMIT,
  type CloseTournament,
  type CreateTournament,
  type TournamentClosed,
  type TournamentCreated,
  tournamentDecider,
} from '../../domain/tournament.ts';
import { specification } from '../support/decider-specification.ts';

const given = specification(tournamentDecider);
const date = '2026-01-02T03:04:05.678Z';
const FREE = { isInGame: false };
const about = {
  name: ' Winter "cup" ',
  requiredParticipants: 8,
  alias: 'Ace',
  settings: { score_to_win: 7, game_speed: 'fast', ranked: true, time_limit: 2, cool_mode: true },
} as const;

const create = (tournamentId = 'first'): CreateTournament => ({
  type: 'create_tournament',
  actor: 'Ann',
  tournamentId,
  ...about,
  date,
});
const close = (tournamentId = 'first'): CloseTournament => ({
  type: 'close_tournament',
  actor: 'Ann',
  tournamentId,
  date,
});
const created = (tournamentId = 'first'): TournamentCreated => ({
  type: 'TournamentCreated',
  data: { tournamentId, ...about, creator: 'Ann', date },
});
const closed = (tournamentId = 'first'): TournamentClosed => ({
  type: 'TournamentClosed',
  data: { tournamentId, creator: 'Ann', date },
});

describe('creating a tournament', () => {
  it('announces it as it was asked for', () => {
    given().when(create(), FREE).thenEvents(created());
    given(created(), closed()).when(create('second'), FREE).thenEvents(created('second'));
  });

  it('is refused to whoever plays, but not what was announced before that', () => {
    const playing = { isInGame: true };
    given().when(create(), playing).thenRefused('in_game');
    given(created()).when(create(), playing).thenNothing();
    given(created()).when(close(), playing).thenEvents(closed());
  });

  it('is refused while one is open', () => {
    given(created()).when(create('second'), FREE).thenRefused('tournament_open');
    given(closed('zeroth'), created()).when(create('second'), FREE).thenRefused('tournament_open');
  });

  it('is refused after some in a short time, however fast they are closed, until the first is long ago', () => {
    const at = (minute: number) => new Date(Date.parse(date) + minute * 60_000).toISOString();
    const history = Array.from({ length: ANNOUNCEMENTS_LIMIT }, (_, minute) => [
      { ...created(`${minute}`), data: { ...created(`${minute}`).data, date: at(minute) } },
      closed(`${minute}`),
    ]).flat();
    const again = (minute: number): CreateTournament => ({ ...create('again'), date: at(minute) });
    given(...history)
      .when(again(9), FREE)
      .thenRefused('rate_limited');
    given(...history)
      .when(again(10), FREE)
      .thenEvents({ ...created('again'), data: { ...created('again').data, date: at(10) } });
    given(...history.slice(2))
      .when(again(9), FREE)
      .thenEvents({ ...created('again'), data: { ...created('again').data, date: at(9) } });
  });

  it('again changes nothing, also when it is closed by now', () => {
    given(created()).when(create(), FREE).thenNothing();
    given(created(), closed()).when(create(), FREE).thenNothing();
  });
});

describe('closing a tournament', () => {
  it('closes the open one', () => {
    given(created()).when(close(), FREE).thenEvents(closed());
    given(created(), closed(), created('second')).when(close('second'), FREE).thenEvents(closed('second'));
  });

  it('again changes nothing', () => {
    given(created(), closed()).when(close(), FREE).thenNothing();
  });

  it('that is not the open one changes nothing', () => {
    given(created()).when(close('other'), FREE).thenNothing();
    given(created(), closed(), created('second')).when(close(), FREE).thenNothing();
  });

  it('is refused to who never had any', () => {
    given().when(close(), FREE).thenRefused('tournament_not_found');
  });

  it('rests on the last event alone', () => {
    given(closed()).when(close(), FREE).thenNothing();
    given(closed()).when(create('second'), FREE).thenEvents(created('second'));
  });
});
