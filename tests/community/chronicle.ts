import type { InviteSent } from '../../domain/player.ts';
import type { FriendAdded } from '../../domain/relationship.ts';
import type { TournamentCreated } from '../../domain/tournament.ts';
import { referenceTo } from '../../platform/event-store/event-reference.ts';
import type { RecordedEvent } from '../../platform/event-store/event-store.ts';
import type { MessageResource, Profile } from '../../protocol/http-resources.ts';
import { userKey } from '../../read-models/user-key.ts';

/** What somebody has done that others are notified of. */
export interface Cause {
  readonly id: string;
  readonly position: bigint;
  readonly event: FriendAdded | InviteSent | TournamentCreated;
  /** Whoever has done it, as they were called then. */
  readonly by: Profile;
  /** Keys of those who were notified. */
  readonly told: ReadonlySet<string>;
}

interface Chat {
  readonly chatId: string;
  readonly participants: readonly string[];
  /** Oldest first. */
  readonly messages: (MessageResource & { readonly position: bigint })[];
}

/**
 * What has happened, told from the beginning by somebody who knows nothing of tables, counters and markers: slow, and as plain as can be.
 * Read models are held against it. Users are named by their keys.
 */
export class Chronicle {
  readonly people = new Map<string, Profile>();
  /** Who blocks whom, as `<key> <key>`, and who is whose friend. */
  readonly blocks = new Set<string>();
  readonly friends = new Set<string>();
  readonly chats: Chat[] = [];
  /** In the order of the log. */
  readonly causes: Cause[] = [];
  /** Ids of tournaments. */
  readonly closed = new Set<string>();
  /** Ids of invitations. */
  readonly ended = new Set<string>();
  /** Of those who play one: the game's id, by the player. */
  readonly games = new Map<string, string>();
  /** Who can neither invite anybody nor accept. */
  readonly engaged = new Set<string>();
  readonly online = new Set<string>();
  readonly #readOnes = new Set<string>();
  readonly #readUpTo = new Map<string, bigint>();

  constructor(events: readonly RecordedEvent[]) {
    for (const event of events) this.#tell(event);
  }

  isRead({ id, position }: Cause, key: string): boolean {
    return this.#readOnes.has(`${id} ${key}`) || position <= (this.#readUpTo.get(key) ?? -1n);
  }

  /** Nobody is shown it any more. */
  isOver({ event }: Cause): boolean {
    switch (event.type) {
      case 'FriendAdded':
        return false;
      case 'InviteSent':
        return this.ended.has(event.data.invitationId);
      case 'TournamentCreated':
        return this.closed.has(event.data.tournamentId);
      default:
        return event satisfies never;
    }
  }

  #tell(recorded: RecordedEvent): void {
    const { event, position } = recorded;
    switch (event.type) {
      case 'UserRegistered':
      case 'ProfileUpdated': {
        const { username, nickname, avatar } = event.data;
        this.people.set(userKey(username), { username, nickname, avatar });
        break;
      }
      case 'UserErased':
      case 'ErasureCompleted':
        // Nobody is erased in these stories: what pages say then is told by tests of their own.
        break;
      case 'ChatStarted':
        this.chats.push({ ...event.data, messages: [] });
        break;
      case 'MessageSent': {
        const { messageId: id, content, date, sender } = event.data;
        const unread = { is_read: false, is_liked: false, read_at: null };
        this.#chat(event.data.chatId).messages.push({ id, content, date, sender, ...unread, position });
        break;
      }
      case 'MessageLiked':
      case 'MessageUnliked':
        this.#change(event.data.chatId, (message) =>
          message.id === event.data.messageId
            ? { ...message, is_liked: event.type === 'MessageLiked' }
            : message,
        );
        break;
      case 'MessagesRead': {
        const { chatId, reader, messagePosition, date } = event.data;
        const isMeant = (message: Chat['messages'][number]) =>
          message.sender !== reader && message.position <= BigInt(messagePosition) && !message.is_read;
        this.#change(chatId, (message) =>
          isMeant(message) ? { ...message, is_read: true, read_at: date } : message,
        );
        break;
      }
      case 'UserBlocked': {
        const [one, other] = [userKey(event.data.blocker), userKey(event.data.blocked)];
        this.blocks.add(`${one} ${other}`);
        this.friends.delete(`${one} ${other}`);
        this.friends.delete(`${other} ${one}`);
        break;
      }
      case 'UserUnblocked':
        this.blocks.delete(`${userKey(event.data.blocker)} ${userKey(event.data.blocked)}`);
        break;
      case 'FriendAdded': {
        const [adder, friend] = [userKey(event.data.adder), userKey(event.data.friend)];
        this.friends.add(`${adder} ${friend}`);
        if (event.data.isNews) this.#notify(recorded, event, adder, [friend]);
        break;
      }
      case 'FriendRemoved':
        this.friends.delete(`${userKey(event.data.remover)} ${userKey(event.data.friend)}`);
        break;
      case 'InviteSent': {
        const [inviter, invitee] = [userKey(event.data.inviter), userKey(event.data.invitee)];
        this.engaged.add(inviter);
        this.#notify(recorded, event, inviter, [invitee]);
        break;
      }
      case 'InviteAccepted':
        this.ended.add(event.data.invitationId);
        for (const player of [event.data.inviter, event.data.invitee])
          this.games.set(userKey(player), event.data.gameId);
        break;
      case 'InviteDeclined':
      case 'InviteCancelled':
      case 'InviteExpired':
        this.ended.add(event.data.invitationId);
        this.engaged.delete(userKey(event.data.inviter));
        break;
      case 'SeatReserved':
        this.engaged.add(userKey(event.data.invitee));
        break;
      case 'SeatReleased':
        this.engaged.delete(userKey(event.data.invitee));
        break;
      case 'GameFinished':
        this.games.delete(userKey(event.data.player));
        this.engaged.delete(userKey(event.data.player));
        break;
      case 'TournamentCreated': {
        const creator = userKey(event.data.creator);
        const everybodyElse = [...this.people.keys()].filter(
          (key) => key !== creator && !this.blocks.has(`${key} ${creator}`),
        );
        this.#notify(recorded, event, creator, everybodyElse);
        break;
      }
      case 'TournamentClosed':
        this.closed.add(event.data.tournamentId);
        break;
      case 'UserCameOnline':
        this.online.add(userKey(event.data.username));
        break;
      case 'UserWentOffline':
        this.online.delete(userKey(event.data.username));
        break;
      case 'SessionOpened':
      case 'SessionDropped':
        break;
      case 'NotificationRead':
        this.#readOnes.add(`${event.data.notificationId} ${userKey(event.data.reader)}`);
        break;
      case 'AllNotificationsRead':
        this.#readUpTo.set(userKey(event.data.reader), BigInt(event.data.upTo));
        break;
      default:
        event satisfies never;
    }
  }

  #notify(recorded: RecordedEvent, event: Cause['event'], key: string, told: readonly string[]): void {
    const by = this.people.get(key);
    if (!by) throw new Error('by nobody');
    const { position } = recorded;
    this.causes.push({ id: referenceTo(recorded), position, event, by, told: new Set(told) });
  }

  #chat(chatId: string): Chat {
    const chat = this.chats.find((each) => each.chatId === chatId);
    if (!chat) throw new Error('in no chat');
    return chat;
  }

  #change(chatId: string, change: (message: Chat['messages'][number]) => Chat['messages'][number]): void {
    const { messages } = this.#chat(chatId);
    messages.splice(0, messages.length, ...messages.map(change));
  }
}
