import { randomUUID } from 'node:crypto';
import type { CommandOf } from '../../protocol/commands.ts';

export const creation = (): CommandOf<'create_tournament'> => ({
  type: 'create_tournament',
  tournamentId: randomUUID(),
  name: ' Winter "cup" ',
  requiredParticipants: 8,
  alias: 'Ace',
  settings: { score_to_win: 7, game_speed: 'fast', ranked: true, time_limit: 2, cool_mode: true },
});

export const closing = (tournamentId: string): CommandOf<'close_tournament'> => ({
  type: 'close_tournament',
  tournamentId,
});
