import { z } from 'zod';

const options = {
  score_to_win: z.int().min(3).max(20),
  game_speed: z.enum(['slow', 'medium', 'fast']),
  ranked: z.boolean(),
  time_limit: z.int().min(1).max(5).describe('In minutes.'),
  cool_mode: z.boolean(),
};

/** As clients send them: what is not said is filled in, unknown keys are dropped. */
export const gameOptions = z
  .object({
    score_to_win: options.score_to_win.default(5),
    game_speed: options.game_speed.default('medium'),
    ranked: options.ranked.default(false),
    time_limit: options.time_limit.default(3),
    cool_mode: options.cool_mode.default(false),
  })
  .meta({ id: 'GameOptions', description: 'What is not said is filled in.' });

/** As the server sends them. */
export const gameSettings = z.strictObject(options).meta({ id: 'GameSettings' });

export type GameSettings = Readonly<z.infer<typeof gameSettings>>;
