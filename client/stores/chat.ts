import type { Read } from '../api.ts';
import type { PendingMessage } from '../outbox.ts';
import { RallyError } from '../rally-error.ts';
import { Cell, type Readable } from '../readable.ts';
import type { ChatHeader, EventFrame, MessageResource, PushFrame } from '../wire.ts';
import { derived } from './derived.ts';
import type { Holder, Keeper } from './keeper.ts';
import { Kept } from './kept.ts';
import { Likes } from './likes.ts';
import { type Listed, type ListPages, listPages } from './listed.ts';
import { ReadMarker } from './read-marker.ts';
import type { ChatState, ChatStore } from './stores.ts';

/** Newest first, as pages are. */
interface KnownChat extends Listed<MessageResource> {
  readonly header: ChatHeader;
}

/** How long a push says that somebody is writing. */
const TYPING_MS = 5000;
/** The server passes on one in that time. */
const TYPING_APART_MS = 2000;

const NOTHING: Readable<readonly PendingMessage[]> = { get: () => NONE, subscribe: () => () => {} };
const NONE: readonly PendingMessage[] = [];

export class Chat implements ChatStore, Holder {
  readonly #keeper: Keeper;
  readonly #username: string;
  readonly #pages: ListPages<MessageResource>;
  readonly #kept: Kept<KnownChat>;
  readonly #likes: Likes;
  readonly #marker: ReadMarker;
  readonly #isTyping = new Cell(false);
  readonly #state: Readable<ChatState>;
  #endTyping: (() => void) | null = null;
  #typedAt = Number.NEGATIVE_INFINITY;
  /** As last shown, with what was loaded then. */
  #pending: readonly PendingMessage[] = NONE;
  #header: ChatHeader | null = null;

  constructor(keeper: Keeper, username: string) {
    const { live, api } = keeper.parts;
    this.#keeper = keeper;
    this.#username = username;
    this.#pages = listPages(
      (page) => api.messages(username, page),
      (message: MessageResource) => message,
      ({ id }) => id,
    );
    this.#kept = new Kept<KnownChat>(keeper, { load: (shown) => this.#load(shown), apply: chatAfter });
    this.#likes = new Likes(async (id, isLiked) => {
      const chat_id = await this.#open();
      const { position } = await live.request(isLiked ? 'like_message' : 'unlike_message', { chat_id, id });
      this.#kept.amend(position, (chat) => withMessage(chat, id, { is_liked: isLiked }));
    });
    this.#marker = new ReadMarker(keeper, (id) => live.request('read_message', { id }));
    const pending = () => this.#pendingOf(this.#kept.get().value);
    this.#state = derived(
      () => [this.#kept, pending(), this.#likes.wanted, this.#isTyping],
      () => this.#shown(),
    );
    keeper.add(this);
  }

  get(): ChatState {
    return this.#state.get();
  }

  subscribe(listener: () => void): () => void {
    return this.#state.subscribe(listener);
  }

  loadOlder(): Promise<void> {
    return this.#pages.loadMore(this.#kept);
  }

  async send(content: string): Promise<PendingMessage> {
    return this.#keeper.parts.outbox.send(await this.#open(), content);
  }

  retry(id: string): void {
    this.#keeper.parts.outbox.retry(id);
  }

  discard(id: string): void {
    this.#keeper.parts.outbox.discard(id);
  }

  setLiked(id: string, isLiked: boolean): Promise<void> {
    return this.#likes.set(id, isLiked);
  }

  markRead(id: string): void {
    const { value } = this.#kept.get();
    if (!value) return;
    const at = (meant: string | null) => value.entries.findIndex((message) => message.id === meant);
    const message = value.entries[at(id)];
    if (message && (message.is_read || message.sender !== value.header.username)) return;
    const [newest, asked] = [at(this.#marker.wanted), at(id)];
    if (newest < 0 || (asked >= 0 && asked < newest)) this.#marker.set(id);
  }

  typing(): void {
    const { live, environment } = this.#keeper.parts;
    const { value } = this.#kept.get();
    const now = environment.now();
    if (!value || now - this.#typedAt < TYPING_APART_MS) return;
    if (live.tell('typing', { chat_id: value.header.chat_id })) this.#typedAt = now;
  }

  receive(frame: PushFrame): void {
    const { value } = this.#kept.get();
    if (!value || !('chat_id' in frame.data) || frame.data.chat_id !== value.header.chat_id) return;
    if (frame.action === 'typing') {
      this.#stopTyping();
      this.#endTyping = this.#keeper.setTimer(() => this.#stopTyping(), TYPING_MS);
      this.#isTyping.set(true);
    }
    if (frame.action === 'new_message' && frame.data.sender === value.header.username) this.#stopTyping();
  }

  wake(welcome: object | null): void {
    if (!welcome) return;
    this.#likes.sendAgain();
    this.#marker.sendAgain();
  }

  forget(code: 'signed_out' | 'stopped'): void {
    this.#likes.forget(code);
    this.#marker.forget();
    this.#stopTyping();
  }

  #stopTyping(): void {
    this.#endTyping?.();
    this.#endTyping = null;
    this.#isTyping.set(false);
  }

  /** Its id. Rejects when it cannot be opened. */
  async #open(): Promise<string> {
    if (!this.#kept.get().value) await this.#kept.load();
    const { value, error } = this.#kept.get();
    if (!value) throw error ?? new RallyError('stopped', 'The chat is not open.');
    return value.header.chat_id;
  }

  /** What opening answers is at least as new as the page before it, which holds what this tab has seen. */
  async #load(shown: KnownChat | null): Promise<Read<KnownChat>> {
    const { api } = this.#keeper.parts;
    const page = () => this.#pages.first(shown);
    const { body, position } = await page().catch(async (error: unknown) => {
      if (!(error instanceof RallyError) || error.code !== 'chat_not_found') throw error;
      await api.openChat(this.#username);
      return page();
    });
    const { messages: _, ...header } = await api.openChat(this.#username);
    return { body: { ...body, header }, position };
  }

  #pendingOf(value: KnownChat | null): Readable<readonly PendingMessage[]> {
    return value ? this.#keeper.parts.outbox.pending(value.header.chat_id) : NOTHING;
  }

  #shown(): ChatState {
    const { value, status, error } = this.#kept.get();
    const liked = this.#likes.wanted.get();
    const entries = value?.entries ?? [];
    const withLike = (message: MessageResource) => {
      const is_liked = liked.get(message.id) ?? message.is_liked;
      return is_liked === message.is_liked ? message : { ...message, is_liked };
    };
    // There may be thousands, and mostly one push changes one of them.
    const messages = entries.toReversed();
    this.#pending = value ? this.#onTheirWay(value) : NONE;
    return {
      chat: value?.header ?? null,
      messages: liked.size > 0 ? messages.map(withLike) : messages,
      pending: this.#pending,
      status,
      hasOlder: value !== null && value.next !== null,
      unreadCount: entries.filter(({ sender, is_read }) => sender === value?.header.username && !is_read)
        .length,
      isTyping: this.#isTyping.get(),
      error,
    };
  }

  /** With those that are acked, and whose push has not come yet. */
  #onTheirWay(value: KnownChat): readonly PendingMessage[] {
    const waiting = this.#pendingOf(value).get();
    const known = new Set(waiting.map(({ id }) => id));
    // A page that is loaded anew holds whatever was acked before.
    const before = value.header === this.#header ? this.#pending : NONE;
    const acked = before.filter(({ id, state }) => state === 'sending' && !known.has(id));
    this.#header = value.header;
    const all = [...acked, ...waiting];
    const stored = new Set(all[0] && value.entries.map(({ id }) => id));
    return all.filter(({ id }) => !stored.has(id));
  }
}

const withMessage = (chat: KnownChat, id: string, change: Partial<MessageResource>): KnownChat => ({
  ...chat,
  entries: chat.entries.map((message) => (message.id === id ? { ...message, ...change } : message)),
});

function chatAfter(chat: KnownChat, frame: EventFrame): KnownChat {
  const { header, entries } = chat;
  if (frame.action === 'relationship_changed') {
    const { username, is_friend: _, ...blocks } = frame.data;
    return username === header.username ? { ...chat, header: { ...header, ...blocks } } : chat;
  }
  if (!('chat_id' in frame.data) || frame.data.chat_id !== header.chat_id) return chat;
  switch (frame.action) {
    case 'new_message': {
      const { chat_id: _, timestamp: __, ...message } = frame.data;
      if (entries.some(({ id }) => id === message.id)) return chat;
      return { ...chat, entries: [{ ...message, read_at: null }, ...entries], count: chat.count + 1 };
    }
    case 'like_message':
      return withMessage(chat, frame.data.id, { is_liked: frame.data.is_liked });
    case 'read_message': {
      const { id, reader, date } = frame.data;
      const newest = entries.findIndex((message) => message.id === id);
      // One that is not loaded is older than all that are.
      if (newest < 0) return chat;
      const isMeant = ({ sender, is_read }: MessageResource, index: number) =>
        index >= newest && sender !== reader && !is_read;
      return {
        ...chat,
        entries: entries.map((message, index) =>
          isMeant(message, index) ? { ...message, is_read: true, read_at: date } : message,
        ),
      };
    }
    default:
      return chat;
  }
}
