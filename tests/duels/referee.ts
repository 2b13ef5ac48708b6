import type { PlayerEvent } from '../../domain/player.ts';
import type { RecordedEvent } from '../../platform/event-store/event-store.ts';
import { streamOf } from '../../platform/event-store/stream-name.ts';
import { HOUSEKEEPING } from '../../protocol/commands.ts';
import { userKey } from '../../read-models/user-key.ts';

/** How long somebody who invites may be away. */
const GONE_MS = 60_000;

/** Of one invitation, and of the game that it led to. Players are named by their keys. */
export interface Duel {
  readonly invitationId: string;
  readonly inviter: string;
  readonly invitee: string;
  readonly sentAt: bigint;
  readonly date: string;
  readonly expiresAt: string;
  /** One of the two has blocked the other since, or did when it was sent. */
  readonly wasBlocked: boolean;
  readonly status: 'pending' | 'accepted' | 'declined' | 'cancelled' | 'expired';
  readonly seat: 'none' | 'reserved' | 'released';
  /** The command that has reserved it. */
  readonly seatBy: string | null;
  readonly gameId: string | null;
  readonly endsAt: string;
  /** For whom the game is over. */
  readonly over: readonly string[];
  readonly reason: string | null;
}

/** How things stood after an event of the log. */
export interface Picture {
  readonly duels: readonly Duel[];
  /** `<blocker> <blocked>` */
  readonly blocks: readonly string[];
  /** Who has an open tournament. */
  readonly announcers: readonly string[];
  /** Who is offline after having been there. */
  readonly away: readonly { readonly key: string; readonly since: string }[];
}

const BLANK: Picture = { duels: [], blocks: [], announcers: [], away: [] };

export const isBlocked = ({ blocks }: Picture, one: string, other: string): boolean =>
  blocks.includes(`${one} ${other}`) || blocks.includes(`${other} ${one}`);

export const isSending = (duel: Duel, key: string): boolean =>
  duel.status === 'pending' && duel.inviter === key;

export const isPlaying = ({ status, inviter, invitee, over }: Duel, key: string): boolean =>
  status === 'accepted' && (inviter === key || invitee === key) && !over.includes(key);

export const isSeated = ({ seat, invitee, over }: Duel, key: string): boolean =>
  seat === 'reserved' && invitee === key && !over.includes(key);

/** What keeps a player busy: all of it, though there may be one thing only. */
export const engagements = ({ duels }: Picture, key: string): readonly Duel[] =>
  duels.filter((duel) => isSending(duel, key) || isPlaying(duel, key) || isSeated(duel, key));

const isCrossed = ({ duels }: Picture, { inviter, invitee, sentAt }: Duel): boolean =>
  duels.some((other) => isSending(other, invitee) && other.invitee === inviter && other.sentAt > sentAt);

/** Somebody has begun what nobody has brought to its end. */
export const isHalfDone = (picture: Picture, duel: Duel): boolean => {
  const { status, seat, inviter, invitee, over } = duel;
  if (status === 'pending')
    return seat === 'reserved' || isBlocked(picture, inviter, invitee) || isCrossed(picture, duel);
  return status === 'accepted' ? over.length === 1 : seat === 'reserved';
};

/** By then its inviter has been away for too long, and was not there either to send it. */
export const isAbandoned = ({ away }: Picture, { status, inviter, date }: Duel, now: string): boolean => {
  const since = away.find(({ key }) => key === inviter)?.since;
  const msSince = (then: string) => Date.parse(now) - Date.parse(then);
  return status === 'pending' && since !== undefined && msSince(since) >= GONE_MS && msSince(date) >= GONE_MS;
};

/** It keeps somebody busy. */
export const isLive = (duel: Duel): boolean =>
  duel.status === 'pending' ||
  [duel.inviter, duel.invitee].some((key) => isPlaying(duel, key) || isSeated(duel, key));

/**
 * Reads the log from its beginning as somebody who knows the rules of duels, and nothing of how they are kept. Throws at the first event
 * that may not be there. `conditionsHold`: appends that rest on another stream are stored only while that is as it was.
 */
export class Referee {
  /** How things stood after so many events. */
  readonly pictures: Picture[] = [BLANK];
  readonly #conditionsHold: boolean;

  constructor(conditionsHold: boolean) {
    this.#conditionsHold = conditionsHold;
  }

  get picture(): Picture {
    return this.pictures.at(-1) ?? BLANK;
  }

  read(recorded: RecordedEvent): void {
    const next = this.#after(recorded);
    this.pictures.push(next);
    for (const key of new Set(next.duels.flatMap(({ inviter, invitee }) => [inviter, invitee]))) {
      const engaged = engagements(next, key);
      demand(engaged.length <= 1, `${key} is engaged ${engaged.length} times`);
      const games = next.duels.filter((duel) => isPlaying(duel, key));
      demand(games.length <= 1, `${key} plays ${games.length} games`);
    }
  }

  #after(recorded: RecordedEvent): Picture {
    const { event } = recorded;
    const { picture } = this;
    const { blocks, announcers } = picture;
    switch (event.type) {
      case 'UserBlocked': {
        const pair = [event.data.blocker, event.data.blocked].map(userKey);
        const duels = picture.duels.map((duel) =>
          pair.includes(duel.inviter) && pair.includes(duel.invitee) ? { ...duel, wasBlocked: true } : duel,
        );
        return { ...picture, duels, blocks: [...blocks, pair.join(' ')] };
      }
      case 'UserUnblocked': {
        const taken = `${userKey(event.data.blocker)} ${userKey(event.data.blocked)}`;
        return { ...picture, blocks: blocks.filter((block) => block !== taken) };
      }
      case 'TournamentCreated': {
        const creator = userKey(event.data.creator);
        const isFree = engagements(picture, creator).every((duel) => isSending(duel, creator));
        demand(isFree || !this.#conditionsHold, 'a tournament begins amid a game');
        return { ...picture, announcers: [...announcers, creator] };
      }
      case 'UserCameOnline':
      case 'UserWentOffline': {
        const { username, since } = event.data;
        const others = picture.away.filter(({ key }) => key !== userKey(username));
        const isAway = event.type === 'UserWentOffline';
        return { ...picture, away: isAway ? [...others, { key: userKey(username), since }] : others };
      }
      case 'InviteSent':
      case 'InviteAccepted':
      case 'InviteDeclined':
      case 'InviteCancelled':
      case 'InviteExpired':
      case 'SeatReserved':
      case 'SeatReleased':
      case 'GameFinished': {
        const duel = this.#duelAfter(recorded, event);
        const isNew = event.type === 'InviteSent';
        const update = (each: Duel) => (each.invitationId === duel.invitationId ? duel : each);
        return { ...picture, duels: isNew ? [...picture.duels, duel] : picture.duels.map(update) };
      }
      default:
        return picture;
    }
  }

  #duelAfter({ stream, position, metadata }: RecordedEvent, event: PlayerEvent): Duel {
    const { picture } = this;
    const { type, data } = event;
    const [inviter, invitee, actor] = [data.inviter, data.invitee, metadata.actor].map(userKey);
    const duel = picture.duels.find(({ invitationId }) => invitationId === data.invitationId);
    const stands = (username: string | undefined) =>
      demand(stream === streamOf('player', `${username}`), `${type} stands in ${stream}`);
    const free = (key: string | undefined) =>
      demand(engagements(picture, `${key}`).length === 0, `${type} while ${key} is engaged`);

    if (type === 'InviteSent') {
      stands(inviter);
      free(inviter);
      demand(!duel, 'an invitation is sent twice');
      demand(inviter !== invitee, 'somebody invites themselves');
      demand(
        !this.#conditionsHold || !isBlocked(picture, `${inviter}`, `${invitee}`),
        'an invitation is sent between two of whom one blocks the other',
      );
      const { invitationId, expiresAt } = data;
      return {
        invitationId,
        inviter: `${inviter}`,
        invitee: `${invitee}`,
        sentAt: position,
        date: data.date,
        wasBlocked: isBlocked(picture, `${inviter}`, `${invitee}`),
        expiresAt,
        status: 'pending',
        seat: 'none',
        seatBy: null,
        gameId: null,
        endsAt: '',
        over: [],
        reason: null,
      };
    }

    if (!duel) throw new Error(`${type} of no invitation`);
    demand(duel.inviter === inviter && duel.invitee === invitee, `${type} names others`);
    const pending = () => demand(duel.status === 'pending', `${type} of one that is ${duel.status}`);
    switch (type) {
      case 'InviteAccepted':
        stands(inviter);
        pending();
        demand(isSeated(duel, duel.invitee), 'accepted without a seat');
        demand(duel.gameId === data.gameId, 'accepted for another game');
        demand(
          !this.#conditionsHold || !isBlocked(picture, duel.inviter, duel.invitee),
          'an invitation is accepted between two of whom one blocks the other',
        );
        return { ...duel, status: 'accepted', endsAt: data.endsAt };
      case 'InviteDeclined': {
        stands(inviter);
        pending();
        demand(actor === invitee || actor === HOUSEKEEPING, `declined by ${actor}`);
        return { ...duel, status: 'declined' };
      }
      case 'InviteCancelled':
        stands(inviter);
        pending();
        if (data.reason === 'inviter') demand(actor === inviter, `cancelled by ${actor}`);
        if (data.reason === 'block') demand(duel.wasBlocked, 'cancelled for a block that there is not');
        if (data.reason === 'gone') {
          demand(actor === HOUSEKEEPING, `cancelled by ${actor}`);
          demand(
            isAbandoned(picture, duel, data.date) || !this.#conditionsHold,
            'cancelled though the inviter is not gone',
          );
        }
        return { ...duel, status: 'cancelled' };
      case 'InviteExpired':
        stands(inviter);
        pending();
        demand(data.date >= duel.expiresAt, 'expired too early');
        return { ...duel, status: 'expired' };
      case 'SeatReserved':
        stands(invitee);
        free(invitee);
        demand(duel.seat === 'none', `a seat is reserved that is ${duel.seat}`);
        return { ...duel, seat: 'reserved', seatBy: metadata.commandId, gameId: data.gameId };
      case 'SeatReleased':
        stands(invitee);
        demand(duel.seat === 'reserved', `a seat is released that is ${duel.seat}`);
        demand(
          duel.status !== 'pending' && duel.status !== 'accepted',
          `a seat is released of one that is ${duel.status}`,
        );
        return { ...duel, seat: 'released' };
      case 'GameFinished': {
        const player = userKey(data.player);
        stands(player);
        demand(isPlaying(duel, player), `the game is finished for ${player}, who plays none`);
        demand(player === invitee || duel.over.length === 1, 'the game is finished for the inviter first');
        demand(duel.gameId === data.gameId, 'another game is finished');
        demand(data.reason === (duel.reason ?? data.reason), 'a game is finished for two reasons');
        demand(
          data.reason === 'reported' || duel.over.length > 0 || data.date >= duel.endsAt,
          'a game ends too early',
        );
        return { ...duel, over: [...duel.over, player], reason: data.reason };
      }
      default:
        return event satisfies never;
    }
  }
}

function demand(holds: boolean, otherwise: string): void {
  if (!holds) throw new Error(otherwise);
}
