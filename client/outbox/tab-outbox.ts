import { Backoff } from '../connection/backoff.ts';
import type { Environment, KeyValueStorage, WakeUp } from '../environment.ts';
import type { Live } from '../live.ts';
import type { Outbox, PendingMessage } from '../outbox.ts';
import { RallyError } from '../rally-error.ts';
import { Cell, type Readable } from '../readable.ts';
import type { Session } from '../session/session.ts';
import { LivingTab } from './living-tab.ts';
import { StoredMessages } from './stored-messages.ts';

const DAY_MS = 24 * 60 * 60 * 1000;
/** The server closes a socket that sends more than 50 frames in a second; others send something too. */
const APART_MS = 25;

export interface OutboxParts {
  readonly environment: Environment;
  /** Never throws. */
  readonly storage: KeyValueStorage;
  readonly session: Pick<Session, 'state' | 'lastUsername'>;
  readonly live: Pick<Live, 'connection' | 'on' | 'onWelcome' | 'request'>;
}

/** The messages of whoever is signed in that this tab sends. */
export class TabOutbox implements Outbox {
  readonly #environment: Environment;
  readonly #session: OutboxParts['session'];
  readonly #live: OutboxParts['live'];
  readonly #stored: StoredMessages;
  readonly #tab: LivingTab;
  readonly #backoff: Backoff;
  readonly #chats = new Map<string, Cell<readonly PendingMessage[]>>();
  readonly #messages = new Map<string, PendingMessage>();
  /** Of chats with a message that was sent, and is not known to be stored yet, its id. */
  readonly #busy = new Map<string, string>();
  /** Whose they are; empty: nobody has been welcomed in this browser yet, and they are the first one's. */
  #username = '';
  #writtenAt = 0;
  #notBefore = 0;
  #cancel: (() => void) | null = null;
  #ends: readonly (() => void)[] = [];

  constructor({ environment, storage, session, live }: OutboxParts) {
    this.#environment = environment;
    this.#session = session;
    this.#live = live;
    this.#stored = new StoredMessages(storage);
    this.#tab = new LivingTab(environment);
    this.#backoff = new Backoff(environment.random);
  }

  start(): void {
    this.#tab.begin();
    this.#ends = [
      this.#session.state.subscribe(() => this.#load()),
      this.#live.on('new_message', ({ data }) => {
        const message = this.#messages.get(data.id);
        if (!message) return;
        this.#settle(data.id);
        this.#isAnswered(message);
      }),
      this.#live.onWelcome(({ username }) => {
        this.#load(username);
        this.#notBefore = 0;
        this.#send();
        void this.#adopt();
      }),
    ];
    this.#load();
    if (this.#environment.locks) void this.#adopt();
    else this.#adoptFrom((tab) => tab === this.#tab.id);
  }

  stop(): void {
    for (const end of this.#ends) end();
    this.#ends = [];
    this.#cancel?.();
    this.#cancel = null;
    this.#tab.end();
  }

  wake(cause: WakeUp): void {
    if (cause === 'online' || cause === 'seen' || cause === 'thawed') void this.#adopt();
  }

  pending(chatId: string): Readable<readonly PendingMessage[]> {
    const known = this.#chats.get(chatId);
    if (known) return known;
    const chat = new Cell(this.#of(chatId));
    this.#chats.set(chatId, chat);
    return chat;
  }

  send(chatId: string, content: string): PendingMessage {
    this.#load();
    const id = this.#environment.newId();
    const message: PendingMessage = { id, chatId, content, createdAt: this.#nextMoment(), state: 'waiting' };
    this.#keep(message);
    this.#send();
    return this.#messages.get(id) ?? message;
  }

  retry(id: string): void {
    const message = this.#messages.get(id);
    if (message?.state !== 'failed') return;
    const { reason: _, ...rest } = message;
    this.#keep({ ...rest, createdAt: this.#nextMoment(), state: 'waiting' });
    this.#send();
  }

  discard(id: string): void {
    if (this.#messages.get(id)?.state !== 'sending') this.#settle(id);
  }

  /** Messages of one tab are in order even when the clock is set back. */
  #nextMoment(): number {
    this.#writtenAt = Math.max(this.#environment.now(), this.#writtenAt + 1);
    return this.#writtenAt;
  }

  /** Another user's messages stay where they are stored, until that user comes back. */
  #load(username = this.#session.lastUsername ?? this.#username): void {
    if (username === this.#username) return;
    const former = this.#username;
    const unclaimed = former === '' ? [...this.#messages.values()] : [];
    this.#username = username;
    this.#messages.clear();
    for (const { message, tab } of this.#stored.of(username))
      if (tab === this.#tab.id) this.#messages.set(message.id, message);
    for (const message of unclaimed) {
      this.#stored.forget(former, message.id);
      this.#keep(message);
    }
    for (const chatId of this.#chats.keys()) this.#changed(chatId);
  }

  async #adopt(): Promise<void> {
    try {
      await this.#tab.whileAlone((isAlive) => this.#adoptFrom(isAlive));
    } catch {
      // There will be another time.
    }
  }

  #adoptFrom(isAlive: (tab: string) => boolean): void {
    const oldest = this.#environment.now() - 2 * DAY_MS;
    for (const { message, tab } of this.#stored.of(this.#username)) {
      if (message.createdAt < oldest) this.#stored.forget(this.#username, message.id);
      else if (!isAlive(tab)) this.#keep(message);
    }
    this.#send();
  }

  /** Of each chat the oldest that waits, unless one is on its way there; one after another. */
  #send(): void {
    this.#cancel?.();
    this.#cancel = null;
    const { phase } = this.#live.connection.get();
    if (phase !== 'ready' && phase !== 'catching_up') return;
    const now = this.#environment.now();
    const next = [...this.#messages.values()]
      .filter(({ state, chatId }) => state === 'waiting' && !this.#busy.has(chatId))
      .sort(byTime)[0];
    if (!next) return;
    if (now < this.#notBefore) {
      this.#cancel = this.#environment.setTimer(() => this.#send(), this.#notBefore - now);
      return;
    }
    if (next.createdAt < now - DAY_MS) this.#keep({ ...next, state: 'failed', reason: 'expired' });
    else {
      this.#notBefore = now + APART_MS;
      void this.#ask(next);
    }
    this.#send();
  }

  async #ask(message: PendingMessage): Promise<void> {
    const { id, chatId, content, createdAt } = message;
    this.#busy.set(chatId, id);
    this.#replace({ ...message, state: 'sending' });
    try {
      const timestamp = new Date(createdAt).toISOString();
      await this.#live.request('new_message', { chat_id: chatId, id, content, timestamp });
      this.#backoff.reset();
      this.#settle(id);
    } catch (error) {
      if (this.#messages.has(id)) this.#refused(message, error);
    }
    this.#isAnswered(message);
  }

  /** The chat's next message may go. */
  #isAnswered({ id, chatId }: PendingMessage): void {
    if (this.#busy.get(chatId) === id) this.#busy.delete(chatId);
    this.#send();
  }

  #refused(message: PendingMessage, error: unknown): void {
    const { code, details } = error instanceof RallyError ? error : new RallyError('unconfirmed', '');
    const connection = this.#live.connection.get();
    const isUnsure = code === 'unconfirmed' || code === 'not_connected';
    const isPoison = isUnsure && connection.phase === 'closed' && connection.cause === 'bad_data';
    if (isPoison || !(isUnsure || details.retryable)) {
      this.#keep({ ...message, state: 'failed', reason: isPoison ? 'quarantined' : code });
    } else {
      this.#notBefore = this.#environment.now() + (details.retryAfterMs ?? 0) + this.#backoff.next();
      this.#replace(message);
    }
  }

  #keep(message: PendingMessage): void {
    this.#stored.keep(this.#username, { message, tab: this.#tab.id });
    this.#replace(message);
  }

  #replace(message: PendingMessage): void {
    this.#messages.set(message.id, message);
    this.#changed(message.chatId);
  }

  #settle(id: string): void {
    const message = this.#messages.get(id);
    if (!message) return;
    this.#messages.delete(id);
    this.#stored.forget(this.#username, id);
    this.#changed(message.chatId);
  }

  #changed(chatId: string): void {
    this.#chats.get(chatId)?.set(this.#of(chatId));
  }

  #of(chatId: string): readonly PendingMessage[] {
    return [...this.#messages.values()].filter((message) => message.chatId === chatId).sort(byTime);
  }
}

const byTime = (a: PendingMessage, b: PendingMessage) => a.createdAt - b.createdAt;
