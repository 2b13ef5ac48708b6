import { z } from 'zod';
import type { SendingLimits } from '../domain/duel.ts';
import { seconds, wholeNumber } from '../platform/configuration/option.ts';

/** What whoever answers commands reads from the environment of duels. */
export const duelConfiguration = z.object({
  /** An invitation that nobody answers expires. */
  INVITATION_TTL_S: seconds().default(300),
  /** Invitations that one user may send in a window, however they end. */
  INVITE_LIMIT: wholeNumber({ min: 1, max: 1_000_000 }).default(10),
  /** A window starts with its first invitation. */
  INVITE_WINDOW_S: seconds().default(60),
  /** A game that nobody reports ends by itself. */
  GAME_LIMIT_S: seconds().default(1800),
});

export type DuelConfiguration = Readonly<z.output<typeof duelConfiguration>>;

export interface DuelLimits {
  readonly sending: SendingLimits;
  /** How long a game that nobody reports lasts. */
  readonly gameLimitMs: number;
}

export const duelLimits = (configuration: DuelConfiguration): DuelLimits => ({
  sending: {
    invitationTtlMs: configuration.INVITATION_TTL_S * 1000,
    invitations: configuration.INVITE_LIMIT,
    windowMs: configuration.INVITE_WINDOW_S * 1000,
  },
  gameLimitMs: configuration.GAME_LIMIT_S * 1000,
});
