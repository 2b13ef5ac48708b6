import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { referenceTo } from '../../platform/event-store/event-reference.ts';
import { pairId } from '../../platform/event-store/stream-name.ts';
import type { Command } from '../../protocol/commands.ts';
import type { ErrorCode } from '../../protocol/error-codes.ts';
import { Comings } from './comings.ts';
import type { Community } from './community.ts';
import { Duelling, SETTINGS } from './duelling.ts';

const MEMBERS = ['Ann', 'bob', 'Cid', 'Dan'] as const;

/** By then whatever was pending has expired, and every game is over. */
const LATER_MS = 3600_000;

/** The first of them are there from the beginning. */
const FOUNDERS = MEMBERS.slice(0, 3);

/** What somebody may want. What is so already is taken back, and the rules refuse what cannot be. */
const WISHES = {
  send: 6,
  like: 3,
  read: 3,
  befriend: 7,
  block: 4,
  rename: 1,
  'read a notification': 4,
  'mark all': 2,
  announce: 4,
  invite: 5,
  'answer an invitation': 5,
  'finish a game': 2,
  'come or go': 6,
  'keep house': 2,
} as const;

type Wish = keyof typeof WISHES;

const isWish = (name: string): name is Wish => Object.hasOwn(WISHES, name);

const wishes = Object.entries(WISHES).flatMap(([name, weight]) =>
  isWish(name) ? [{ weight, arbitrary: fc.constant(name) }] : [],
);

/** Somebody wants something of somebody else, so much later than what was before, by another clock perhaps. */
export const act = fc.record({
  step: fc.constant('act'),
  wish: fc.oneof(...wishes),
  who: fc.nat({ max: MEMBERS.length - 1 }),
  whom: fc.nat({ max: MEMBERS.length - 2 }),
  which: fc.nat({ max: 100 }),
  laterMs: fc.oneof(
    { weight: 4, arbitrary: fc.constantFrom(0, 1) },
    { weight: 2, arbitrary: fc.constantFrom(1000, -7, 70_000) },
    { weight: 1, arbitrary: fc.constant(9 * 3600_000) },
  ),
});

export type Act = typeof act extends fc.Arbitrary<infer A> ? A : never;

interface SentMessage {
  readonly id: string;
  readonly chatId: string;
  readonly recipient: string;
}

/** What people do: what they are asked to want, on what there is to do it with. */
export class Life {
  readonly #community: Community;
  readonly #duels: Duelling;
  readonly #comings: Comings;
  readonly #sent: SentMessage[] = [];
  readonly #liked = new Set<string>();
  readonly #signedUp = new Set<string>();
  #now = Date.parse('2026-01-01T18:00:00.000Z');

  constructor(community: Community) {
    this.#community = community;
    this.#duels = new Duelling(community.log, (actor, command) => this.#ask(actor, command));
    this.#comings = new Comings(community.log, (actor, command) => this.#ask(actor, command));
  }

  get members(): string[] {
    return MEMBERS.filter((name) => this.#signedUp.has(name));
  }

  async found(): Promise<void> {
    for (const name of FOUNDERS) await this.#ask(name, { type: 'register_user' });
    for (const name of FOUNDERS) this.#signedUp.add(name);
  }

  async act({ wish, who, whom, which, laterMs }: Act): Promise<void> {
    this.#now += laterMs;
    const actor = MEMBERS[who] ?? 'Ann';
    const other = MEMBERS[(who + 1 + whom) % MEMBERS.length] ?? 'bob';
    if (!this.#signedUp.has(actor)) return this.#signUp(actor);
    const message = this.#sent[which % Math.max(this.#sent.length, 1)];
    switch (wish) {
      case 'send':
        return this.#send(actor, other, which);
      case 'like':
        return message && this.#like(message);
      case 'read':
        return message && this.#read(message);
      case 'befriend':
        return this.#befriend(actor, other);
      case 'block':
        if ((await this.#ask(actor, { type: 'block_user', blocked: other })) === 'already_blocked')
          await this.#ask(actor, { type: 'unblock_user', blocked: other });
        return;
      case 'rename':
        await this.#ask(actor, { type: 'update_profile', nickname: `nick${which}`, avatar: '' });
        return;
      case 'read a notification':
        return this.#readNotification(actor, which);
      case 'mark all':
        await this.#ask(actor, { type: 'mark_all_as_read', upTo: `${this.#community.published}` });
        return;
      case 'announce':
        if ((await this.#ask(actor, tournament(which))) === 'tournament_open') await this.#close(actor);
        return;
      case 'invite':
        return this.#duels.invite(actor, other, which);
      case 'answer an invitation':
        return this.#duels.answer(which);
      case 'finish a game':
        return this.#duels.finish(which);
      case 'come or go':
        return this.#comings.comeOrGo(actor, which);
      case 'keep house':
        if (which % 3 === 0) this.#now += LATER_MS;
        return this.#duels.keepHouse(which);
      default:
        return wish satisfies never;
    }
  }

  async #signUp(name: string): Promise<void> {
    await this.#ask(name, { type: 'register_user' });
    this.#signedUp.add(name);
  }

  async #send(sender: string, recipient: string, which: number): Promise<void> {
    const [chatId, id] = [pairId(sender, recipient), randomUUID()];
    await this.#ask(sender, { type: 'start_chat', other: recipient });
    // Sometimes the chat stays empty.
    if (which % 5 === 0) return;
    const content = `message ${which}`;
    await this.#ask(sender, { type: 'send_message', chatId, messageId: id, content, timestamp: 't' });
    this.#sent.push({ id, chatId, recipient });
  }

  async #befriend(actor: string, friend: string): Promise<void> {
    const answer = await this.#ask(actor, { type: 'add_friend', friend });
    if (answer === 'already_friend') await this.#ask(actor, { type: 'remove_friend', friend });
    if (answer === 'blocked') await this.#ask(actor, { type: 'unblock_user', blocked: friend });
  }

  async #like({ id: messageId, chatId, recipient }: SentMessage): Promise<void> {
    const wanted = this.#liked.has(messageId) ? 'unlike_message' : 'like_message';
    if ((await this.#ask(recipient, { type: wanted, chatId, messageId })) !== 'accepted') return;
    if (!this.#liked.delete(messageId)) this.#liked.add(messageId);
  }

  async #read({ id: messageId, recipient }: SentMessage): Promise<void> {
    await this.#ask(recipient, { type: 'read_message', chatId: null, messageId });
  }

  /** Of those that there are, perhaps before anybody was told of it; whoever is meant, or somebody who may not be. */
  async #readNotification(actor: string, which: number): Promise<void> {
    const causes = this.#community.log.events.filter(({ event }) => NOTIFYING.has(event.type));
    const cause = causes.at(-1 - (which % Math.max(causes.length, 1)));
    if (!cause) return;
    const { event } = cause;
    const reader =
      event.type === 'FriendAdded'
        ? event.data.friend
        : event.type === 'InviteSent'
          ? event.data.invitee
          : actor;
    await this.#ask(reader, { type: 'read_notification', notificationId: referenceTo(cause) });
  }

  async #close(creator: string): Promise<void> {
    for (const { event } of this.#community.log.events.toReversed()) {
      if (event.type !== 'TournamentCreated' || event.data.creator !== creator) continue;
      await this.#ask(creator, { type: 'close_tournament', tournamentId: event.data.tournamentId });
      return;
    }
  }

  async #ask(actor: string, command: Command): Promise<'accepted' | ErrorCode> {
    const reply = await this.#community.ask(actor, command, new Date(this.#now).toISOString());
    return reply.outcome === 'refused' ? reply.code : reply.outcome;
  }
}

const NOTIFYING: ReadonlySet<string> = new Set(['FriendAdded', 'InviteSent', 'TournamentCreated']);

const tournament = (which: number): Command => ({
  type: 'create_tournament',
  tournamentId: randomUUID(),
  name: `cup ${which}`,
  requiredParticipants: which % 2 ? 4 : 8,
  alias: `alias ${which}`,
  settings: SETTINGS,
});
