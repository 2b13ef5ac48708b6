import { randomUUID } from 'node:crypto';
import type { DomainEvent } from '../../domain/domain-event.ts';
import type { InviteCancelled, Parties, PlayerEvent } from '../../domain/player.ts';
import {
  type DropReason,
  dropSession,
  evolvePresence,
  type LiveSession,
  NEVER_THERE,
  openSession,
  type Presence,
  type PresenceEvent,
} from '../../domain/presence.ts';
import { referenceTo } from '../../platform/event-store/event-reference.ts';
import type { RecordedEvent } from '../../platform/event-store/event-store.ts';
import { pairId, streamOf } from '../../platform/event-store/stream-name.ts';

export const START = Date.parse('2026-01-01T00:00:00.000Z');

export interface Sent {
  readonly id: string;
  readonly chatId: string;
  readonly sender: string;
  readonly recipient: string;
  readonly position: bigint;
}

/** An invitation, and the id of the game that it may lead to. */
export interface Invitation extends Parties {
  readonly gameId: string;
  readonly position: bigint;
}

const SETTINGS = {
  score_to_win: 5,
  game_speed: 'medium',
  ranked: false,
  time_limit: 3,
  cool_mode: true,
} as const;

/** Writes a log by hand, one event a second, with holes between positions as a real one may have. */
export class Story {
  readonly events: RecordedEvent[] = [];
  #position: bigint;
  readonly #presences = new Map<string, Presence>();

  constructor(after = 0n) {
    this.#position = after;
  }

  get position(): bigint {
    return this.#position;
  }

  signsUp(...names: string[]): this {
    for (const name of names) this.signsUpAs(name, name);
    return this;
  }

  signsUpAs(username: string, nickname: string): this {
    return this.#tell(streamOf('user', username), (date) => ({
      type: 'UserRegistered',
      data: { username, nickname, avatar: '', date },
    }));
  }

  /** `username` as it was registered. */
  renames(username: string, nickname: string, avatar = ''): this {
    return this.#tell(streamOf('user', username), (date) => ({
      type: 'ProfileUpdated',
      data: { username, nickname, avatar, date },
    }));
  }

  erases(username: string): this {
    return this.#tell(streamOf('user', username), (date) => ({
      type: 'UserErased',
      data: { username, date },
    }));
  }

  completesErasure(username: string): this {
    return this.#tell(streamOf('user', username), (date) => ({
      type: 'ErasureCompleted',
      data: { username, date },
    }));
  }

  chat(first: string, second: string): this {
    const chatId = pairId(first, second);
    return this.#tell(streamOf('relationship', chatId), (date) => ({
      type: 'ChatStarted',
      data: { chatId, participants: [first, second], date },
    }));
  }

  befriends(adder: string, friend: string, isNews = true): this {
    return this.#tell(streamOf('relationship', pairId(adder, friend)), (date) => ({
      type: 'FriendAdded',
      data: { adder, friend, isNews, date },
    }));
  }

  unfriends(remover: string, friend: string): this {
    return this.#tell(streamOf('relationship', pairId(remover, friend)), (date) => ({
      type: 'FriendRemoved',
      data: { remover, friend, date },
    }));
  }

  blocks(blocker: string, blocked: string): this {
    return this.#tell(streamOf('relationship', pairId(blocker, blocked)), (date) => ({
      type: 'UserBlocked',
      data: { blocker, blocked, date },
    }));
  }

  unblocks(blocker: string, blocked: string): this {
    return this.#tell(streamOf('relationship', pairId(blocker, blocked)), (date) => ({
      type: 'UserUnblocked',
      data: { blocker, blocked, date },
    }));
  }

  sends(sender: string, recipient: string, content = 'Hello', id: string = randomUUID()): Sent {
    const chatId = pairId(sender, recipient);
    const position = this.add(streamOf('message', id), (date) => ({
      type: 'MessageSent',
      data: { messageId: id, chatId, sender, recipient, content, timestamp: 't', date },
    }));
    return { id, chatId, sender, recipient, position };
  }

  likes({ id, chatId, sender, recipient }: Sent): this {
    return this.#tell(streamOf('message', id), (date) => ({
      type: 'MessageLiked',
      data: { messageId: id, chatId, sender, recipient, date },
    }));
  }

  unlikes({ id, chatId, sender, recipient }: Sent): this {
    return this.#tell(streamOf('message', id), (date) => ({
      type: 'MessageUnliked',
      data: { messageId: id, chatId, sender, recipient, date },
    }));
  }

  reads({ id, chatId, sender, recipient, position }: Sent): this {
    return this.#tell(streamOf('reading', chatId, recipient), (date) => ({
      type: 'MessagesRead',
      data: {
        chatId,
        reader: recipient,
        author: sender,
        messageId: id,
        messagePosition: position.toString(),
        date,
      },
    }));
  }

  /** Answers the tournament's id. */
  announces(creator: string, name = 'Cup', id: string = randomUUID()): string {
    this.add(streamOf('tournament', creator), (date) => ({
      type: 'TournamentCreated',
      data: {
        tournamentId: id,
        name,
        requiredParticipants: 4,
        alias: 'Ace',
        settings: SETTINGS,
        creator,
        date,
      },
    }));
    return id;
  }

  closes(creator: string, tournamentId: string): this {
    return this.#tell(streamOf('tournament', creator), (date) => ({
      type: 'TournamentClosed',
      data: { tournamentId, creator, date },
    }));
  }

  /** Of that tab of the inviter's. It may be answered for a minute, or for `seconds`. */
  invites(
    inviter: string,
    invitee: string,
    clientId = 'tab',
    id: string = randomUUID(),
    seconds = 60,
  ): Invitation {
    const parties = { invitationId: id, inviter, invitee };
    const position = this.add(streamOf('player', inviter), (date) => ({
      type: 'InviteSent',
      data: { ...parties, clientId, options: SETTINGS, expiresAt: later(date, seconds), sending: null, date },
    }));
    return { ...parties, gameId: this.referenceAt(position, 'game'), position };
  }

  /** One event of a duel, in that player's stream; a game ends after 900 seconds, and is ended as reported. */
  duel(
    { invitationId, inviter, invitee, gameId }: Invitation,
    type: Exclude<PlayerEvent['type'], 'InviteSent'>,
    player = type.startsWith('Seat') ? invitee : inviter,
    reason: InviteCancelled['data']['reason'] = 'inviter',
  ): this {
    return this.#tell(streamOf('player', player), (date) => {
      const data = { invitationId, inviter, invitee, sending: null, date };
      switch (type) {
        case 'InviteAccepted':
          return { type, data: { ...data, gameId, endsAt: later(date, 900) } };
        case 'InviteCancelled':
          return { type, data: { ...data, clientId: 'tab', reason } };
        case 'InviteExpired':
          return { type, data: { ...data, clientId: 'tab' } };
        case 'SeatReserved':
          return { type, data: { ...data, gameId } };
        case 'GameFinished':
          return { type, data: { ...data, gameId, player, reason: 'reported' } };
        default:
          return { type, data };
      }
    });
  }

  /** A tab that counts from now on, with ids of its own as far as they are not given. Answers the session's id. */
  opens(username: string, given: Partial<Omit<LiveSession, 'openedAt'>> = {}): string {
    const ids = { sessionId: randomUUID(), gatewayId: randomUUID(), loginId: randomUUID(), ...given };
    this.#changePresence(username, (date, presence) => {
      const decision = openSession.decide({ username, ...ids, actor: '*gateway', date }, presence, undefined);
      return decision.outcome === 'accepted' ? decision.events : [];
    });
    return ids.sessionId;
  }

  /** Without any other session the user is said to have gone after `graceMs`: at once for 0, else when `goes` tells it. */
  drops(username: string, sessionId: string, graceMs = 3000, reason: DropReason = 'closed'): this {
    return this.#changePresence(username, (date, presence) => {
      const command = { username, sessionId, reason, graceMs, actor: '*gateway', date };
      const decision = dropSession.decide(command, presence, undefined);
      return decision.outcome === 'accepted' ? decision.events : [];
    });
  }

  /** Of somebody whose last session was dropped. */
  goes(username: string): this {
    return this.#changePresence(username, (date) => [
      { type: 'UserWentOffline', data: { username, sessions: [], since: date, date } },
    ]);
  }

  presenceOf(username: string): Presence {
    return this.#presences.get(username) ?? NEVER_THERE;
  }

  #changePresence(
    username: string,
    decide: (date: string, presence: Presence) => readonly PresenceEvent[],
  ): this {
    const decided = decide(this.dateOf(this.#next()), this.presenceOf(username));
    for (const event of decided) this.add(streamOf('presence', username), () => event);
    this.#presences.set(username, decided.reduce(evolvePresence, this.presenceOf(username)));
    return this;
  }

  /** `cause`: where the event stands that the notification follows from. */
  readsNotification(reader: string, cause: bigint): this {
    const notificationId = this.referenceAt(cause);
    return this.#tell(streamOf('notification', notificationId, reader), (date) => ({
      type: 'NotificationRead',
      data: { notificationId, causePosition: cause.toString(), reader, date },
    }));
  }

  marksAllRead(reader: string, upTo: bigint): this {
    return this.#tell(streamOf('inbox', reader), (date) => ({
      type: 'AllNotificationsRead',
      data: { reader, upTo: upTo.toString(), date },
    }));
  }

  /** Of the notification that follows from the event there, or of what else it stands for. */
  referenceAt(position: bigint, to?: string): string {
    const event = this.events.find((event) => event.position === position);
    if (!event) throw new Error(`nothing was told at ${position}`);
    return referenceTo(event, to);
  }

  dateOf(position: bigint): string {
    return new Date(START + Number(position) * 1000).toISOString();
  }

  /** Answers the event's position. */
  add(stream: string, event: (date: string) => DomainEvent): bigint {
    this.#position = this.#next();
    this.events.push({
      id: randomUUID(),
      event: event(this.dateOf(this.#position)),
      metadata: { commandId: '', correlationId: '', causationId: '', actor: '', schemaVersion: '1' },
      position: this.#position,
      stream,
      revision: 0,
    });
    return this.#position;
  }

  #next(): bigint {
    return this.#position + (this.events.length % 3 === 0 ? 2n : 1n);
  }

  #tell(stream: string, event: (date: string) => DomainEvent): this {
    this.add(stream, event);
    return this;
  }
}

const later = (date: string, seconds: number): string =>
  new Date(Date.parse(date) + seconds * 1000).toISOString();
