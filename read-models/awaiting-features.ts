/** What the answers say of features that have no read models yet: presence, games. */
export const OFFLINE = { is_online: false } as const;

export const NO_GAMES = {
  game_id: null,
  is_engaged_in_game: false,
} as const;
