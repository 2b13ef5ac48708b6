import type { DuelStep } from '../../domain/duel.ts';
import type { GameOptions } from '../../domain/game-options.ts';
import type {
  GameFinished,
  InviteAccepted,
  InviteCancelled,
  InviteDeclined,
  InviteExpired,
  InviteSent,
  Parties,
  SeatReleased,
  SeatReserved,
} from '../../domain/player.ts';

/** Ann invites Bob, unless something else is said. */
export const DUEL = { invitationId: 'first', inviter: 'Ann', invitee: 'Bob', gameId: 'game' } as const;

export const at = (second: number): string => new Date(Date.UTC(2026, 0, 2, 3, 4, second)).toISOString();

export const OPTIONS: GameOptions = {
  score_to_win: 7,
  game_speed: 'fast',
  ranked: true,
  time_limit: 2,
  cool_mode: true,
};

type Change = Partial<Parties & Pick<InviteSent['data'], 'sending' | 'date'>>;

const of = (change: Change) => {
  const { invitationId, inviter, invitee } = DUEL;
  return { invitationId, inviter, invitee, sending: { since: at(0), count: 1 }, date: at(0), ...change };
};

/** Pending for a minute. */
export const sent = (change: Change = {}): InviteSent => ({
  type: 'InviteSent',
  data: { clientId: 'tab', options: OPTIONS, expiresAt: at(60), ...of(change) },
});

/** The game may last ten minutes. */
export const accepted = (change: Change = {}): InviteAccepted => ({
  type: 'InviteAccepted',
  data: { gameId: 'game', endsAt: at(600), ...of(change) },
});

export const declined = (change: Change = {}): InviteDeclined => ({
  type: 'InviteDeclined',
  data: of(change),
});

export const cancelled = (
  reason: InviteCancelled['data']['reason'],
  change: Change = {},
): InviteCancelled => ({
  type: 'InviteCancelled',
  data: { clientId: 'tab', reason, ...of(change) },
});

export const expired = (change: Change = {}): InviteExpired => ({
  type: 'InviteExpired',
  data: { clientId: 'tab', ...of(change) },
});

/** In Bob's stream, who has sent nothing himself. */
export const reserved = (change: Change = {}): SeatReserved => ({
  type: 'SeatReserved',
  data: { gameId: 'game', ...of({ sending: null, ...change }) },
});

export const released = (change: Change = {}): SeatReleased => ({
  type: 'SeatReleased',
  data: of({ sending: null, ...change }),
});

export const finished = (
  player: string,
  reason: GameFinished['data']['reason'] = 'reported',
  change: Change = {},
): GameFinished => ({
  type: 'GameFinished',
  data: { gameId: 'game', player, reason, ...of(change) },
});

export const step = (change: Partial<DuelStep> = {}): DuelStep => ({
  ...DUEL,
  actor: 'Bob',
  date: at(5),
  ...change,
});
