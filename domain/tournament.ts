import { accepted, type Decider, type Decision, type Issued, refused } from './decider.ts';
import type { GameOptions } from './game-options.ts';

/** Stream `tournament-<creator>`: all that one user has announced, so that its revision settles whether one is open. */
export type TournamentEvent = TournamentCreated | TournamentClosed;

/** Everyone is told. */
export interface TournamentCreated {
  readonly type: 'TournamentCreated';
  readonly data: {
    readonly tournamentId: string;
    readonly name: string;
    readonly requiredParticipants: 4 | 8;
    /** Under which name the creator takes part. */
    readonly alias: string;
    readonly settings: GameOptions;
    readonly creator: string;
    readonly date: string;
  };
}

export interface TournamentClosed {
  readonly type: 'TournamentClosed';
  readonly data: { readonly tournamentId: string; readonly creator: string; readonly date: string };
}

/** What its creator announced last; null: nothing yet. Whatever was announced before is closed. */
export type LastTournament = {
  readonly tournamentId: string;
  readonly isOpen: boolean;
  /** When the last few were announced, the earliest first: as many as may be in `WINDOW_MS`. */
  readonly announcedAt: readonly string[];
} | null;

/** Everyone is told of each, and has to catch up with it who was away: so many in `WINDOW_MS`, however fast they are closed. */
export const ANNOUNCEMENTS_LIMIT = 5;
export const WINDOW_MS = 10 * 60 * 1000;

/** The stream's last event tells all but the times, for which its last ones are enough. Ignores what it does not know. */
function evolve(last: LastTournament, event: TournamentEvent): LastTournament {
  const announcedAt = last?.announcedAt ?? [];
  switch (event.type) {
    case 'TournamentCreated': {
      const { tournamentId, date } = event.data;
      return { tournamentId, isOpen: true, announcedAt: [...announcedAt, date].slice(-ANNOUNCEMENTS_LIMIT) };
    }
    case 'TournamentClosed':
      return { tournamentId: event.data.tournamentId, isOpen: false, announcedAt };
    default:
      event satisfies never;
      return last;
  }
}

export type TournamentCommand = CreateTournament | CloseTournament;

export interface CreateTournament extends Issued {
  readonly type: 'create_tournament';
  /** New with each wish for one: who names one twice repeats the wish. */
  readonly tournamentId: string;
  readonly name: string;
  readonly requiredParticipants: 4 | 8;
  readonly alias: string;
  readonly settings: GameOptions;
}

/** Of the actor's own. */
export interface CloseTournament extends Issued {
  readonly type: 'close_tournament';
  readonly tournamentId: string;
}

/** What the rules know of the creator besides. */
export interface Creator {
  /** Whoever plays has no time for a tournament. */
  readonly isInGame: boolean;
}

export type TournamentRefusal = 'in_game' | 'tournament_open' | 'rate_limited' | 'tournament_not_found';

type TournamentDecision = Decision<TournamentEvent, TournamentRefusal>;

function decide(command: TournamentCommand, last: LastTournament, creator: Creator): TournamentDecision {
  switch (command.type) {
    case 'create_tournament':
      return create(command, last, creator);
    case 'close_tournament':
      return close(command, last);
    default:
      return command satisfies never;
  }
}

function create(command: CreateTournament, last: LastTournament, { isInGame }: Creator): TournamentDecision {
  const { tournamentId, name, requiredParticipants, alias, settings, actor: creator, date } = command;
  if (last?.tournamentId === tournamentId) return accepted();
  if (isInGame) return refused('in_game');
  if (last?.isOpen) return refused('tournament_open');
  if (last && isTooMuch(last, date)) return refused('rate_limited');
  return accepted({
    type: 'TournamentCreated',
    data: { tournamentId, name, requiredParticipants, alias, settings, creator, date },
  });
}

const isTooMuch = ({ announcedAt }: NonNullable<LastTournament>, date: string): boolean =>
  announcedAt.length >= ANNOUNCEMENTS_LIMIT &&
  announcedAt.every((announced) => Date.parse(date) - Date.parse(announced) < WINDOW_MS);

/** What is not the open one is closed already, if it ever was the actor's: that is not looked at. */
function close(command: CloseTournament, last: LastTournament): TournamentDecision {
  const { tournamentId, actor: creator, date } = command;
  if (!last) return refused('tournament_not_found');
  if (!last.isOpen || last.tournamentId !== tournamentId) return accepted();
  return accepted({ type: 'TournamentClosed', data: { tournamentId, creator, date } });
}

export const tournamentDecider: Decider<
  LastTournament,
  TournamentCommand,
  TournamentEvent,
  TournamentRefusal,
  Creator
> = {
  initial: null,
  evolve,
  decide,
};
