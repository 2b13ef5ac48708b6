import { expect } from 'vitest';
import type { PageOf, Read } from '../../client/api.ts';
import { RallyError } from '../../client/rally-error.ts';
import { Cell } from '../../client/readable.ts';
import { createStores } from '../../client/stores/create-stores.ts';
import type { StoreParts } from '../../client/stores/keeper.ts';
import type { Stores } from '../../client/stores/stores.ts';
import type { FoldedFrame } from '../../projection-service/folding.ts';
import { type Cursor, formatCursor, isAfter } from '../../protocol/cursor.ts';
import type { ReadModels } from '../../read-models/read-models.ts';
import type { Snapshot } from '../../read-models/snapshot.ts';
import { FakeBrowser, settled } from '../client/fake-environment.ts';
import { FakeLive } from '../client/stores/fake-live.ts';
import { type PlayedTab, WHOLE } from './member-tab.ts';

/** So few stand on a page of a list, whatever is asked for: lists of these histories are short. */
const PAGE = 3;

/** A page on its way: it is read at one time, and arrives at another. */
interface Request {
  /** It has to hold everything up to there. */
  readonly after: Cursor;
  /** false: the read models are not that far yet. */
  read(): Promise<boolean>;
  answer: (() => void) | null;
}

/** A tab whose pages are the client's stores, all of which somebody looks at. */
export class StoreTab implements PlayedTab {
  readonly username: string;
  readonly #others: readonly string[];
  readonly #models: ReadModels;
  readonly #live = new FakeLive();
  readonly #stores: Stores;
  readonly #requests: Request[] = [];
  readonly #ends = new Map<string, () => void>();
  #cursor: Cursor;
  #onTheirWay: FoldedFrame[] = [];

  private constructor(username: string, others: readonly string[], models: ReadModels, cursor: Cursor) {
    this.username = username;
    this.#others = others;
    this.#models = models;
    this.#cursor = cursor;
    const { environment } = new FakeBrowser().newTab();
    const nothing = new Cell([]);
    const outbox: StoreParts['outbox'] = {
      pending: () => nothing,
      send: () => {
        throw new Error('nobody writes here');
      },
      retry() {},
      discard() {},
    };
    const session = new Cell({ phase: 'signed_in', username } as const);
    this.#stores = createStores({ live: this.#live, api: this.#api(), outbox, session, environment });
  }

  static async open(username: string, others: readonly string[], models: ReadModels): Promise<StoreTab> {
    const { upTo } = await models.missed(username, null, 0);
    return new StoreTab(username, others, models, upTo);
  }

  send(frame: FoldedFrame): void {
    if (isAfter(frame.cursor, this.#onTheirWay.at(-1)?.cursor ?? this.#cursor)) this.#onTheirWay.push(frame);
  }

  async receive(frames = this.#onTheirWay.length): Promise<void> {
    for (const { cursor, text } of this.#onTheirWay.splice(0, frames)) {
      this.#cursor = cursor;
      this.#live.push(JSON.parse(text));
    }
    await settled();
  }

  /** One more step of what pages go through: somebody looks at one or away, goes on in a list, a request is read or answered. */
  async load(step = 0): Promise<void> {
    const requests = [...this.#requests];
    const request = requests[step % Math.max(1, requests.length)];
    if (step % 3 === 0) this.#lookAtAll();
    else if (step % 3 === 1) this.#goOn(step);
    else if (request?.answer) request.answer();
    else await request?.read();
    if (step === 7) this.#lookAway();
    await settled();
  }

  /** The connection is lost, with what is on its way; the next one gets it again, or is told that there is too much of it. */
  async resume(): Promise<void> {
    const missed = await this.#models.missed(this.username, this.#cursor, 1000);
    const isRecovered = this.#onTheirWay.length % 2 === 0;
    this.#live.lose();
    if (isRecovered) await this.receive();
    this.#onTheirWay = [];
    this.#cursor = missed.upTo;
    await this.#live.welcome({ recovered: isRecovered, cursor: formatCursor(missed.upTo) });
  }

  async expectFresh(): Promise<void> {
    await this.receive();
    this.#lookAtAll();
    await this.#answerAll();
    const { me, chats, notifications, duel } = this.#stores;
    for (const list of [chats, notifications])
      expect(list.get()).toMatchObject({ status: 'loaded', error: null });
    await this.#expectMe();
    await this.#expectLists();
    for (const other of this.#others) await this.#expectChat(other);
    void me;
    void duel;
  }

  async #expectMe(): Promise<void> {
    const { me, notifications } = this.#stores;
    const { answer } = await this.#models.self(this.username);
    const { unread_messages_count, unread_notifications_count, game_id } = answer ?? {};
    const counts = { unread_messages_count, unread_notifications_count, game_id };
    expect(me.get()).toMatchObject(counts);
    expect(notifications.unreadCount.get()).toBe(unread_notifications_count);
  }

  /** As far as they are loaded, but for names. */
  async #expectLists(): Promise<void> {
    const { chats, notifications, duel } = this.#stores;
    const shown = chats.get();
    const own = new Set(shown.items.map(({ chat_id }) => chat_id));
    const freshChats = (await this.#models.chats(this.username, WHOLE)).answer.items
      // No push tells of an empty one.
      .filter(({ last_message, chat_id }) => last_message !== null || own.has(chat_id))
      .map(unnamed);
    expect(shown.items.map(unnamed)).toEqual(freshChats.slice(0, shown.items.length));
    if (!shown.hasMore) expect(shown.items.length).toBe(freshChats.length);
    const fresh = (await this.#models.notifications(this.username, 'all', WHOLE)).answer;
    const { items, count, hasMore } = notifications.get();
    expect(items.map(told)).toEqual(fresh.items.slice(0, items.length).map(told));
    expect(count).toBe(fresh.count);
    expect(hasMore || items.length === count).toBe(true);
    const invitations = fresh.items.filter(({ action }) => action === 'game_invite').map(({ id }) => id);
    expect(duel.invitations.get().map(({ id }) => id)).toEqual(invitations);
    const gameId = this.#stores.me.get()?.game_id ?? null;
    expect(duel.get()).toMatchObject(gameId === null ? {} : { phase: 'playing', gameId });
  }

  async #expectChat(other: string): Promise<void> {
    const opened = (await this.#models.openedChat(this.username, other)).answer;
    const { chat, messages, hasOlder, unreadCount, status } = this.#stores.chat(other).get();
    if (!opened) return expect(status).toBe('failed');
    const fresh = (await this.#models.messages(this.username, other, WHOLE)).answer?.items ?? [];
    expect(messages).toEqual(fresh.slice(0, messages.length).reverse());
    expect(hasOlder || messages.length === fresh.length).toBe(true);
    expect(unreadCount).toBe(messages.filter(({ sender, is_read }) => sender === other && !is_read).length);
    const { chat_id, is_blocked_user, is_blocked_by_user } = opened;
    expect(chat).toMatchObject({ chat_id, is_blocked_user, is_blocked_by_user });
  }

  #lookAtAll(): void {
    const { me, chats, notifications, duel } = this.#stores;
    const readables = { me, chats, notifications, unread: notifications.unreadCount, duel };
    for (const [name, readable] of Object.entries({ ...readables, invitations: duel.invitations }))
      if (!this.#ends.has(name))
        this.#ends.set(
          name,
          readable.subscribe(() => {}),
        );
    for (const other of this.#others) {
      const chat = this.#stores.chat(other);
      if (chat.get().status === 'failed') this.#ends.get(other)?.();
      if (chat.get().status === 'failed' || !this.#ends.has(other))
        this.#ends.set(
          other,
          chat.subscribe(() => {}),
        );
    }
  }

  #lookAway(): void {
    for (const end of this.#ends.values()) end();
    this.#ends.clear();
  }

  #goOn(step: number): void {
    const { chats, notifications } = this.#stores;
    void [chats, notifications][step % 2]?.loadMore();
    for (const other of this.#others) void this.#stores.chat(other).loadOlder();
  }

  /** Until nothing is asked for any more. All that was asked for has to be written. */
  async #answerAll(): Promise<void> {
    for (let [request] = this.#requests; request; [request] = this.#requests) {
      if (!request.answer) expect(await request.read()).toBe(true);
      request.answer?.();
      await settled();
    }
  }

  #api(): StoreParts['api'] {
    const me = this.username;
    const models = this.#models;
    const page = ({ limit = PAGE, before }: PageOf = {}) => ({
      limit: limit === 100 ? 100 : PAGE,
      offset: 0,
      ...(before !== undefined && { before }),
    });
    const known = async <Body>(read: () => Promise<Snapshot<Body | null>>): Promise<Read<Body>> => {
      const { body, position } = await this.#ask(read);
      if (body === null) throw new RallyError('chat_not_found', '');
      return { body, position };
    };
    return {
      self: () => known(() => models.self(me)),
      chats: (wanted) => this.#ask(() => models.chats(me, page(wanted))),
      openChat: async (other) => (await known(() => models.openedChat(me, other))).body,
      messages: (other, wanted) => known(() => models.messages(me, other, page(wanted))),
      notifications: (filter, wanted) => this.#ask(() => models.notifications(me, filter, page(wanted))),
      markAllNotificationsRead: async () => {},
      finishGame: async () => {},
    };
  }

  #ask<Body>(query: () => Promise<Snapshot<Body>>): Promise<Read<Body>> {
    return new Promise((resolve) => {
      const request: Request = {
        after: this.#cursor,
        read: async () => {
          const { answer, upTo } = await query();
          if (isAfter(request.after, upTo)) return false;
          request.answer ??= () => {
            this.#requests.splice(this.#requests.indexOf(request), 1);
            resolve({ body: answer, position: formatCursor(upTo) });
          };
          return true;
        },
        answer: null,
      };
      this.#requests.push(request);
    });
  }
}

const unnamed = <Item extends { nickname: string; avatar: string; is_online: boolean }>(item: Item) => {
  const { nickname: _, avatar: __, is_online: ___, ...rest } = item;
  return rest;
};

const told = ({
  id,
  action,
  is_read,
  data,
}: {
  id: string;
  action: string;
  is_read: boolean;
  data: { date: string };
}) => ({
  id,
  action,
  is_read,
  date: data.date,
});
