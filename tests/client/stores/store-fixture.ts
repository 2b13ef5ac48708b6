import type { Read } from '../../../client/api.ts';
import type { PendingMessage } from '../../../client/outbox.ts';
import type { SessionState } from '../../../client/rally.ts';
import { Cell } from '../../../client/readable.ts';
import { createStores } from '../../../client/stores/create-stores.ts';
import type { StoreParts } from '../../../client/stores/keeper.ts';
import type { ChatPreview, MessageResource, Notification, Page, Self } from '../../../client/wire.ts';
import { FakeBrowser, settled } from '../fake-environment.ts';
import { FakeLive } from './fake-live.ts';

export const CHAT = '00000000-0000-4000-8000-0000000c4a70';
export const DATE = '2026-01-01T00:00:00.000Z';

const bob = { username: 'Bob', nickname: 'Bob', avatar: '' };
const header = { ...bob, is_online: false, chat_id: CHAT, is_blocked_user: false, is_blocked_by_user: false };

export const message = (
  id: string,
  sender: string,
  change: Partial<MessageResource> = {},
): MessageResource => ({
  id,
  content: id,
  date: DATE,
  sender,
  is_read: false,
  is_liked: false,
  read_at: null,
  ...change,
});

export const newMessage = (id: string, sender: string, cursor: string) => {
  const data = { chat_id: CHAT, id, content: id, date: DATE, sender, timestamp: '', is_read: false } as const;
  return { action: 'new_message', data: { ...data, is_liked: false }, cursor } as const;
};

/** Ann's stores, on a server whose pages a test says. A page is of the place that was newest when it was asked for. */
export class StoreFixture {
  readonly browser = new FakeBrowser();
  readonly tab = this.browser.newTab();
  readonly live = new FakeLive();
  readonly session = new Cell<SessionState>({ phase: 'signed_in', username: 'Ann' });
  readonly pending = new Cell<readonly PendingMessage[]>([]);
  readonly requests: string[] = [];
  position = '10.999.7';
  /** Newest first. */
  messages: readonly MessageResource[] = [];
  notifications: readonly Notification[] = [];
  chats: readonly ChatPreview[] = [];
  self: Self = {
    username: 'Ann',
    nickname: 'Ann',
    avatar: '',
    is_online: true,
    unread_messages_count: 0,
    unread_notifications_count: 0,
    game_id: null,
    tournament_id: null,
    is_engaged_in_game: false,
    opponent: null,
  };
  /** While it is set, requests wait for it. */
  gate: Promise<void> | null = null;
  failure: Error | null = null;
  readonly stores = createStores({
    live: this.live,
    api: this.#api(),
    outbox: {
      pending: () => this.pending,
      send: (chatId, content) => {
        const added: PendingMessage = { id: content, chatId, content, createdAt: 0, state: 'sending' };
        this.pending.set([...this.pending.get(), added]);
        return added;
      },
      retry: () => {},
      discard: () => {},
    },
    session: this.session,
    environment: this.tab.environment,
  });

  /** Subscribes to each, and waits for what it loads. */
  async watch(...readables: readonly { subscribe(listener: () => void): () => void }[]) {
    const ends = readables.map((readable) => readable.subscribe(() => {}));
    await settled();
    return () => {
      for (const end of ends) end();
    };
  }

  /** Connected and up to date. */
  async connect(): Promise<void> {
    await this.live.welcome({ cursor: this.position });
  }

  #api(): StoreParts['api'] {
    const read = async <Body>(name: string, body: () => Body): Promise<Read<Body>> => {
      this.requests.push(name);
      const page = { body: body(), position: this.position };
      await this.gate;
      if (this.failure) throw this.failure;
      return page;
    };
    const page = <Item>(items: readonly Item[]): Page<Item> => ({
      items: [...items],
      count: items.length,
      next: null,
    });
    return {
      self: () => read('self', () => this.self),
      chats: () => read('chats', () => page(this.chats)),
      openChat: async () => (await read('open', () => ({ ...header, messages: [] }))).body,
      messages: () => read('messages', () => page(this.messages)),
      notifications: (filter) =>
        read(filter, () => page(this.notifications.filter(({ is_read }) => filter === 'all' || !is_read))),
      markAllNotificationsRead: async () => {},
      finishGame: async () => {},
    };
  }
}
