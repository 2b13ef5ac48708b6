import { accepted, type Decider, type Decision, type Issued, refused } from './decider.ts';
import type { GameOptions } from './game-options.ts';
import {
  evolvePlayer,
  type GameFinished,
  type InviteSent,
  isPlaying,
  isSeated,
  NOT_ENGAGED,
  type Parties,
  type Player,
  type PlayerEvent,
  pendingInvitation,
  type Sending,
  whyEngaged,
  whyNotInvited,
} from './player.ts';
import { offlineSince, type Presence } from './presence.ts';
import { sameUser } from './username.ts';

/*
 * The steps of a duel. Each changes one player's stream, guarded by its revision; each can be repeated. Accepting is three of them: a seat
 * is reserved in the invitee's stream, the invitation is accepted in the inviter's, or else the seat is released.
 */

type Step<Command extends Issued, Code extends string, Context = void> = Decider<
  Player,
  Command,
  PlayerEvent,
  Code,
  Context
>;

const step = <Command extends Issued, Code extends string, Context = void>(
  decide: (command: Command, player: Player, context: Context) => Decision<PlayerEvent, Code>,
): Step<Command, Code, Context> => ({ initial: NOT_ENGAGED, evolve: evolvePlayer, decide });

/** Later than `date` by so many milliseconds. */
const later = (date: string, ms: number): string => new Date(Date.parse(date) + ms).toISOString();

export interface SendInvitation extends Issued {
  /** As the actor typed it: in any case, and perhaps nobody's name. */
  readonly invitee: string;
  /** New with each. */
  readonly invitationId: string;
  /** Of the actor's tab. */
  readonly clientId: string;
  readonly options: GameOptions;
}

/** What the rules know of the one who is invited, and of what the product allows. */
export interface Invited {
  /** null: nobody has this name. */
  readonly invitee: { readonly username: string; readonly erasure?: string | null } | null;
  /** One of the two has blocked the other. */
  readonly isBlocked: boolean;
  readonly limits: SendingLimits;
}

export interface SendingLimits {
  /** How long an invitation is pending at most. */
  readonly invitationTtlMs: number;
  /** So many invitations in a window, which begins with its first. */
  readonly invitations: number;
  readonly windowMs: number;
}

/** In the actor's stream. */
export const sendInvitation = step(
  (
    { actor: inviter, invitee: asked, invitationId, clientId, options, date }: SendInvitation,
    player,
    { invitee, isBlocked, limits }: Invited,
  ) => {
    if (sameUser(inviter, asked)) return refused('self_invite');
    if (!invitee || invitee.erasure) return refused('user_not_found');
    const engaged = whyEngaged(player);
    if (engaged) return refused(engaged);
    if (isBlocked) return refused('not_invitable');
    const sending = afterOneMore(player.sending, date, limits.windowMs);
    if (sending.count > limits.invitations) return refused('rate_limited');
    const sent: InviteSent['data'] = {
      invitationId,
      inviter,
      invitee: invitee.username,
      clientId,
      options,
      expiresAt: later(date, limits.invitationTtlMs),
      sending,
      date,
    };
    return accepted({ type: 'InviteSent', data: sent });
  },
);

/** One that comes before the window, by a clock that is behind, counts in it. */
function afterOneMore(sending: Sending, date: string, windowMs: number): NonNullable<Sending> {
  const isOver = !sending || Date.parse(date) - Date.parse(sending.since) >= windowMs;
  return isOver ? { since: date, count: 1 } : { since: sending.since, count: sending.count + 1 };
}

/** How a pending invitation ends other than by acceptance. `expire`: only when it is time, otherwise nothing happens. */
export interface EndInvitation extends Issued {
  readonly how: 'decline' | 'cancel' | 'block' | 'expire';
  readonly invitee: string;
  /** That one alone, and no later one to the same user. */
  readonly invitationId?: string | undefined;
}

/** In the inviter's stream. */
export const endInvitation = step(({ how, invitee, invitationId, date }: EndInvitation, player) => {
  const pending = pendingInvitation(player);
  if (!pending || !sameUser(pending.invitee, invitee)) return refused('invitation_not_found');
  if (invitationId !== undefined && pending.invitationId !== invitationId)
    return refused('invitation_not_found');
  const data = { ...partiesOf(pending), sending: player.sending, date };
  const { clientId } = pending;
  switch (how) {
    case 'decline':
      return accepted({ type: 'InviteDeclined', data });
    case 'cancel':
      return accepted({ type: 'InviteCancelled', data: { ...data, clientId, reason: 'inviter' } });
    case 'block':
      return accepted({ type: 'InviteCancelled', data: { ...data, clientId, reason: 'block' } });
    case 'expire':
      if (date < pending.expiresAt) return accepted();
      return accepted({ type: 'InviteExpired', data: { ...data, clientId } });
    default:
      return how satisfies never;
  }
});

/** Whoever is away for so long asks nobody to play any more. */
export const INVITER_GONE_MS = 60_000;

export interface CancelAsGone extends Issued, Parties {
  /** Who sends an invitation is there, whatever is known of it by then. */
  readonly sentAt: string;
}

/** In the inviter's stream. Nothing happens when the inviter is online, or has not been away for long enough. */
export const cancelAsGone = step(
  ({ invitationId, invitee, sentAt, date }: CancelAsGone, player, inviter: Presence) => {
    const pending = pendingInvitation(player);
    if (pending?.invitationId !== invitationId || !sameUser(pending.invitee, invitee)) return accepted();
    const offline = offlineSince(inviter);
    if (offline === null || date < later(offline > sentAt ? offline : sentAt, INVITER_GONE_MS))
      return accepted();
    const { clientId } = pending;
    return accepted({
      type: 'InviteCancelled',
      data: { ...partiesOf(pending), clientId, reason: 'gone', sending: player.sending, date },
    });
  },
);

/** One invitation, and the game that it leads to. */
export interface DuelStep extends Issued, Parties {
  readonly gameId: string;
}

export interface ReserveSeat extends DuelStep {
  /** Of the invitation: whoever has no seat by then gets none, although nobody has ended it yet. */
  readonly expiresAt: string;
}

/** In the invitee's stream. */
export const reserveSeat = step((duel: ReserveSeat, player) => {
  if (isSeated(player, duel)) return accepted();
  if (duel.date >= duel.expiresAt) return refused('invitation_expired');
  const engaged = whyEngaged(player);
  if (engaged) return refused(engaged);
  return accepted({
    type: 'SeatReserved',
    data: { ...partiesOf(duel), gameId: duel.gameId, sending: player.sending, date: duel.date },
  });
});

/** What the rules know besides of an invitation that is accepted. */
export interface Acceptance {
  /** One of the two has blocked the other. */
  readonly isBlocked: boolean;
  /** How long a game that nobody reports lasts. */
  readonly gameLimitMs: number;
}

/** In the inviter's stream, once the invitee's seat is reserved. */
export const acceptInvitation = step((duel: DuelStep, player, { isBlocked, gameLimitMs }: Acceptance) => {
  if (isPlaying(player, duel)) return accepted();
  const pending = pendingInvitation(player);
  if (pending?.invitationId !== duel.invitationId) return refused(whyNotInvited(player, duel.invitee));
  if (isBlocked) return refused('not_invitable');
  const { gameId, date } = duel;
  const endsAt = later(date, gameLimitMs);
  return accepted({
    type: 'InviteAccepted',
    data: { ...partiesOf(pending), gameId, endsAt, sending: player.sending, date },
  });
});

/** In the invitee's stream, once the invitation has ended otherwise: from then on it is never accepted. */
export const releaseSeat = step((duel: DuelStep, player) =>
  isSeated(player, duel)
    ? accepted({
        type: 'SeatReleased',
        data: { ...partiesOf(duel), sending: player.sending, date: duel.date },
      })
    : accepted(),
);

export interface FinishGame extends DuelStep {
  /** In whose stream. */
  readonly player: string;
  readonly reason: GameFinished['data']['reason'];
}

/** In each player's stream, once the inviter's has said that there is a game: the invitee's first, as the inviter's is what all others ask. */
export const finishGame = step((duel: FinishGame, player) => {
  if (!isSeated(player, duel) && !isPlaying(player, duel)) return accepted();
  const { gameId, player: username, reason, date } = duel;
  return accepted({
    type: 'GameFinished',
    data: { ...partiesOf(duel), gameId, player: username, reason, sending: player.sending, date },
  });
});

const partiesOf = ({ invitationId, inviter, invitee }: Parties): Parties => ({
  invitationId,
  inviter,
  invitee,
});
