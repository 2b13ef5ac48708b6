import { type Cursor, isAfter, parseCursor } from '../../protocol/cursor.ts';
import type { MessageResource, Notification } from '../../protocol/http-resources.ts';
import { eventFrame } from '../../protocol/server-frames.ts';
import {
  chatsAfter,
  gameAfter,
  type KnownChat,
  knownChat,
  listAfter,
  messagesAfter,
  notificationsAfter,
  stanceAfter,
  tournamentsAfter,
} from './frame-effects.ts';
import { type AnyPage, certain, HeldPage, type Received, shown } from './held-page.ts';
import {
  type Picture,
  type ShownTournament,
  type Stance,
  shownNotification,
  shownTournament,
  stanceOf,
  type UserPages,
  usernamesOf,
} from './user-pages.ts';

/**
 * What a client shows that has loaded its pages at some time, each for itself, and goes on by what its tab receives, as the
 * contract says: in order of cursors, and without what a page holds already. It knows nothing else.
 */
export class ClientPicture {
  readonly #me: string;
  readonly #pages: UserPages;
  /** In order. A page that is loaded later may be of an earlier place, as rows follow frames. */
  readonly #frames: Received[] = [];
  readonly #game: HeldPage<string | null>;
  readonly #users: HeldPage<readonly string[]>;
  readonly #friends: HeldPage<readonly string[]>;
  readonly #blockedUsers: HeldPage<readonly string[]>;
  readonly #chats: HeldPage<readonly KnownChat[]>;
  readonly #notifications: HeldPage<readonly Notification[]>;
  readonly #tournaments: HeldPage<readonly ShownTournament[]>;
  /** Of the tournaments that it had a notification of, by the notification's id. */
  readonly #announced = new Map<string, string>();
  /** By the other's username. */
  readonly #messages = new Map<string, HeldPage<readonly MessageResource[]>>();
  readonly #stances: ReadonlyMap<string, HeldPage<Stance>>;

  /** `others`: whose profiles it has open. */
  constructor(me: string, others: readonly string[], pages: UserPages) {
    this.#me = me;
    this.#pages = pages;
    this.#game = new HeldPage(() => shown(pages.self(), ({ game_id }) => game_id), gameAfter);
    this.#users = new HeldPage(
      () => shown(pages.users(), usernamesOf),
      listAfter((stance) => !stance.is_blocked_by_user),
    );
    this.#friends = new HeldPage(
      () => shown(pages.friends(), usernamesOf),
      listAfter((stance) => stance.is_friend),
    );
    this.#blockedUsers = new HeldPage(
      () => shown(pages.blockedUsers(), usernamesOf),
      listAfter((stance) => stance.is_blocked_user),
    );
    this.#chats = new HeldPage(() => shown(pages.chats(), ({ items }) => items.map(knownChat)), chatsAfter);
    this.#notifications = new HeldPage(
      () => shown(pages.notifications('all'), ({ items }) => this.#noteAnnouncements(items)),
      notificationsAfter,
    );
    this.#tournaments = new HeldPage(
      () => shown(pages.tournaments(), ({ items }) => items.map(shownTournament)),
      tournamentsAfter(this.#announced),
    );
    const stance = (username: string) =>
      new HeldPage<Stance>(() => shown(pages.user(username), stanceOf), stanceAfter(username));
    this.#stances = new Map(others.map((username) => [username, stance(username)]));
  }

  /** The place of the last frame; null: none has come. */
  get cursor(): Cursor | null {
    return this.#frames.at(-1)?.cursor ?? null;
  }

  /** An event, as the tab has it. What comes again is passed over. */
  receive(received: unknown): void {
    const frame = eventFrame.parse(received);
    const cursor = parseCursor(frame.cursor);
    if (!cursor) throw new Error('a frame without a place');
    if (this.cursor && !isAfter(cursor, this.cursor)) return;
    this.#frames.push({ frame, cursor });
    if (frame.action === 'new_tournament') this.#announced.set(frame.data.id, frame.data.tournament_id);
    for (const page of this.#held()) page.receive({ frame, cursor });
  }

  /** Loads what it lacks: at first everything, later what a frame told too little of. `again`: and one page that it has. */
  async load(again?: number): Promise<void> {
    const held = this.#held();
    if (again !== undefined) held[again % held.length]?.discard();
    for (const page of this.#held()) await page.load(this.#frames);
    for (const { chat_id, username } of this.#chats.shown ?? []) {
      const messages =
        this.#messages.get(username) ??
        new HeldPage<readonly MessageResource[]>(
          () => shown(this.#pages.messages(username), ({ items }) => items),
          messagesAfter(chat_id),
        );
      this.#messages.set(username, messages);
      await messages.load(this.#frames);
    }
  }

  /** false: something has to be loaded before it can show all. */
  get isComplete(): boolean {
    return this.#held().every((page) => page.shown !== undefined);
  }

  /** Throws unless it is complete. */
  picture(): Picture {
    const messages = Object.fromEntries(
      Array.from(this.#messages, ([username, page]) => [username, certain(page.shown)] as const),
    );
    const unreadFrom = (username: string) =>
      (messages[username] ?? []).filter(({ sender, is_read }) => sender !== this.#me && !is_read).length;
    const notifications = certain(this.#notifications.shown).map(shownNotification);
    const unread = notifications.filter(({ is_read }) => !is_read);
    const friends = certain(this.#friends.shown);
    const chats = certain(this.#chats.shown).map((chat) => ({
      ...chat,
      unread_messages_count: unreadFrom(chat.username),
      last_message: messages[chat.username]?.[0] ?? null,
    }));
    return {
      unread_messages_count: chats.reduce((sum, chat) => sum + chat.unread_messages_count, 0),
      unread_notifications_count: unread.length,
      game_id: certain(this.#game.shown),
      users: certain(this.#users.shown),
      friends,
      friends_count: friends.length,
      blocked_users: certain(this.#blockedUsers.shown),
      chats,
      messages,
      stances: Object.fromEntries(
        Array.from(this.#stances, ([username, page]) => [username, certain(page.shown)] as const),
      ),
      notifications,
      unread,
      read: notifications.filter(({ is_read }) => is_read),
      tournaments: certain(this.#tournaments.shown).map((tournament) => this.#asFarAsTold(tournament)),
    };
  }

  /** `now` without what no frame has told it. */
  knowable(now: Picture): Picture {
    const known = new Set([...certain(this.#users.shown), ...this.#stances.keys(), this.#me]);
    const own = new Set(certain(this.#chats.shown).map(({ chat_id }) => chat_id));
    const chats = now.chats.filter(({ chat_id, last_message }) => last_message !== null || own.has(chat_id));
    const listed = new Set(certain(this.#tournaments.shown).map(({ id }) => id));
    return {
      ...now,
      tournaments: now.tournaments
        .filter(({ id }) => listed.has(id))
        .map((tournament) => this.#asFarAsTold(tournament)),
      users: now.users.filter((username) => known.has(username)),
      chats,
      messages: Object.fromEntries(chats.map(({ username }) => [username, now.messages[username] ?? []])),
    };
  }

  /** That one is cancelled is told by the id of its notification. */
  #asFarAsTold(tournament: ShownTournament): ShownTournament {
    const isAnnounced = [...this.#announced.values()].includes(tournament.id);
    return isAnnounced ? tournament : { ...tournament, status: 'unknown' };
  }

  #noteAnnouncements(notifications: readonly Notification[]): readonly Notification[] {
    for (const { id, action, data } of notifications)
      if (action === 'new_tournament') this.#announced.set(id, data.tournament_id);
    return notifications;
  }

  #held(): readonly AnyPage[] {
    return [
      this.#game,
      this.#users,
      this.#friends,
      this.#blockedUsers,
      this.#chats,
      this.#notifications,
      this.#tournaments,
      ...this.#messages.values(),
      ...this.#stances.values(),
    ];
  }
}
