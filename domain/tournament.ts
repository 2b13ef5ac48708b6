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
