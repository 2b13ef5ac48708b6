/** How a game is played: of an invitation, and of a tournament. Keys are those that clients and game servers know. */
export interface GameOptions {
  readonly score_to_win: number;
  readonly game_speed: 'slow' | 'medium' | 'fast';
  readonly ranked: boolean;
  /** In minutes. */
  readonly time_limit: number;
  readonly cool_mode: boolean;
}
