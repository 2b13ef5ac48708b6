import type { GameOptions } from './game-options.ts';
import { hasUser, withoutUser, withUser } from './username.ts';

/**
 * Stream `player-<username>`: what keeps one player busy, which is one thing at a time. An invitation lives in its inviter's stream, from
 * `InviteSent` to the one event that ends it; a game in both players' streams, and the inviter's alone says whether there is one.
 */
export type PlayerEvent =
  | InviteSent
  | InviteAccepted
  | InviteDeclined
  | InviteCancelled
  | InviteExpired
  | SeatReserved
  | SeatReleased
  | GameFinished;

/** Every event names both sides, so that a projector needs nothing else. */
interface OfInvitation {
  readonly invitationId: string;
  readonly inviter: string;
  readonly invitee: string;
  readonly date: string;
  /** Of the player in whose stream it stands: said by each event, so that the last one alone tells it. */
  readonly sending: Sending;
}

/** How many invitations a player has sent in the window that began with the first of them; null: none yet. */
export type Sending = { readonly since: string; readonly count: number } | null;

interface InvitationTerms {
  /** Of the inviter's tab, opaque to the server. */
  readonly clientId: string;
  readonly options: GameOptions;
  /** From then on it may be ended as expired. */
  readonly expiresAt: string;
}

export interface InviteSent {
  readonly type: 'InviteSent';
  readonly data: OfInvitation & InvitationTerms;
}

/** There is a game from now on. In the inviter's stream. */
export interface InviteAccepted {
  readonly type: 'InviteAccepted';
  readonly data: OfInvitation & {
    readonly gameId: string;
    /** From then on the game may be ended although nobody has reported it. */
    readonly endsAt: string;
  };
}

/** By the invitee: in so many words, or by an invitation of the invitee's own. In the inviter's stream, as are the other ends. */
export interface InviteDeclined {
  readonly type: 'InviteDeclined';
  readonly data: OfInvitation;
}

/** By the inviter, because one of the two has blocked the other, or because the inviter has been away for too long. */
export interface InviteCancelled {
  readonly type: 'InviteCancelled';
  readonly data: OfInvitation &
    Pick<InvitationTerms, 'clientId'> & { readonly reason: 'inviter' | 'block' | 'gone' };
}

export interface InviteExpired {
  readonly type: 'InviteExpired';
  readonly data: OfInvitation & Pick<InvitationTerms, 'clientId'>;
}

/** The invitee is about to accept, and busy with it: in the invitee's stream, before the inviter's says that there is a game. */
export interface SeatReserved {
  readonly type: 'SeatReserved';
  readonly data: OfInvitation & { readonly gameId: string };
}

/** The invitation had ended before it could be accepted. In the invitee's stream. */
export interface SeatReleased {
  readonly type: 'SeatReleased';
  readonly data: OfInvitation;
}

/** For one of the two players: first in the invitee's stream, then in the inviter's. */
export interface GameFinished {
  readonly type: 'GameFinished';
  readonly data: OfInvitation & {
    readonly gameId: string;
    readonly player: string;
    readonly reason: 'reported' | 'expired';
  };
}

/** What keeps a player busy; null: nothing. */
export type Engagement =
  /** By an own invitation, which is pending. */
  | ({ readonly by: 'invitation' } & Parties & InvitationTerms)
  /** As the invitee, by a game, or by one that is about to be: whether there is one is said by the inviter's stream. */
  | ({ readonly by: 'seat'; readonly gameId: string } & Parties)
  /** As the inviter, by a game. */
  | ({ readonly by: 'game'; readonly gameId: string; readonly endsAt: string } & Parties)
  | null;

export type Parties = Pick<OfInvitation, 'invitationId' | 'inviter' | 'invitee'>;

export interface Player {
  readonly engagement: Engagement;
  readonly sending: Sending;
  /** Keys of those whose last invitation from this player has expired, as far as the events that were read go back. */
  readonly expired: readonly string[];
}

export const NOT_ENGAGED: Player = { engagement: null, sending: null, expired: [] };

/** The stream's last event tells all but who let an invitation expire, for which its last ones are enough. Ignores what it does not know. */
export function evolvePlayer(player: Player, event: PlayerEvent): Player {
  const { type, data } = event;
  const { invitationId, inviter, invitee, sending } = data;
  const parties = { invitationId, inviter, invitee };
  const free = { ...player, engagement: null, sending };
  switch (type) {
    case 'InviteSent': {
      const { clientId, options, expiresAt } = data;
      const engagement = { by: 'invitation', ...parties, clientId, options, expiresAt } as const;
      return { engagement, sending, expired: withoutUser(player.expired, invitee) };
    }
    case 'InviteAccepted': {
      const { gameId, endsAt } = data;
      return { ...free, engagement: { by: 'game', ...parties, gameId, endsAt } };
    }
    case 'SeatReserved':
      return { ...free, engagement: { by: 'seat', ...parties, gameId: data.gameId } };
    case 'InviteExpired':
      return { ...free, expired: withUser(player.expired, invitee) };
    case 'InviteDeclined':
    case 'InviteCancelled':
    case 'SeatReleased':
    case 'GameFinished':
      return free;
    default:
      event satisfies never;
      return player;
  }
}

/** Why the player can neither send nor accept an invitation; null: nothing prevents it. */
export function whyEngaged({ engagement }: Player): 'invitation_pending' | 'in_game' | null {
  if (!engagement) return null;
  return engagement.by === 'invitation' ? 'invitation_pending' : 'in_game';
}

/** The player's own invitation, if it is still pending. */
export function pendingInvitation({ engagement }: Player) {
  return engagement?.by === 'invitation' ? engagement : null;
}

/** Why the player has no invitation pending for this user. */
export const whyNotInvited = (
  inviter: Player,
  invitee: string,
): 'invitation_expired' | 'invitation_not_found' =>
  hasUser(inviter.expired, invitee) ? 'invitation_expired' : 'invitation_not_found';

/** The player has a seat in this duel, as its invitee. */
export const isSeated = ({ engagement }: Player, { invitationId }: Pick<Parties, 'invitationId'>): boolean =>
  engagement?.by === 'seat' && engagement.invitationId === invitationId;

/** The player plays this duel, as its inviter. */
export const isPlaying = ({ engagement }: Player, { invitationId }: Pick<Parties, 'invitationId'>): boolean =>
  engagement?.by === 'game' && engagement.invitationId === invitationId;
