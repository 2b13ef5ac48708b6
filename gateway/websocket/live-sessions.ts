import type { Logger } from 'pino';
import type { Clock } from '../../platform/clock.ts';
import type { MessageBus, Subscription } from '../../platform/message-bus/message-bus.ts';
import type { CloseCodeName } from '../../protocol/close-codes.ts';
import { SESSION_CHANGED, sessionChange } from '../../protocol/subjects.ts';
import type { Session, Sessions } from '../accounts/session.ts';
import type { Tab } from './tab.ts';

/** How late a tab may learn that its session has expired. One look at all of them is cheaper than a timer for each. */
const LOOK_INTERVAL_MS = 250;

interface LiveSession {
  expiresAt: number;
  isBeingLookedUp: boolean;
  readonly tabs: Set<Tab>;
}

export interface LiveSessionsParts {
  readonly sessions: Sessions;
  readonly bus: MessageBus;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Somewhere something came of this session after a silence. */
  readonly onActive: (sessionId: string) => void;
}

/** The sessions of the tabs that are here: tabs live as long as their session. */
export class LiveSessions {
  readonly #sessions: Sessions;
  readonly #bus: MessageBus;
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #onActive: LiveSessionsParts['onActive'];
  readonly #byId = new Map<string, LiveSession>();
  readonly #ended = new EndedSessions();
  readonly #timer = setInterval(() => this.#look(), LOOK_INTERVAL_MS).unref();
  #subscription: Promise<Subscription> | null = null;

  constructor({ sessions, bus, clock, logger, onActive }: LiveSessionsParts) {
    this.#sessions = sessions;
    this.#bus = bus;
    this.#clock = clock;
    this.#logger = logger;
    this.#onActive = onActive;
  }

  /** Resolves when ends and renewals are being heard of: authenticate after that. Rejects when they cannot be. */
  async listen(): Promise<void> {
    this.#subscription ??= this.#bus.subscribe(SESSION_CHANGED, (payload) => this.#changed(payload));
    await this.#subscription.catch((error) => {
      this.#subscription = null;
      throw error;
    });
  }

  /** Closes the tab at once when the session ended while it was being authenticated. */
  add(tab: Tab, { sessionId, expiresAt }: Session): void {
    const end = this.#ended.get(sessionId);
    if (end) {
      tab.close(end);
      return;
    }
    const live = this.#byId.get(sessionId) ?? { expiresAt: 0, isBeingLookedUp: false, tabs: new Set() };
    live.expiresAt = Math.max(live.expiresAt, expiresAt.getTime());
    live.tabs.add(tab);
    this.#byId.set(sessionId, live);
  }

  remove(tab: Tab, { sessionId }: Session): void {
    const live = this.#byId.get(sessionId);
    if (live?.tabs.delete(tab) && live.tabs.size === 0) this.#byId.delete(sessionId);
  }

  /** When the session ends unless it is renewed, as far as is known here. */
  expiresAt({ sessionId, expiresAt }: Session): Date {
    const live = this.#byId.get(sessionId);
    return live ? new Date(live.expiresAt) : expiresAt;
  }

  /** Ends and renewals may have been missed. */
  lookUpAll(): void {
    void this.#lookUp([...this.#byId.keys()]);
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    try {
      await (await this.#subscription)?.unsubscribe();
    } catch (err) {
      this.#logger.warn({ err }, 'a subscription could not be ended');
    }
  }

  #changed(payload: string): void {
    const change = sessionChange.parse(JSON.parse(payload));
    switch (change.change) {
      case 'renewed':
        this.#prolong(change.sessionId, Date.parse(change.expiresAt));
        break;
      case 'logged_out':
        this.#end(change.sessionId, 'NORMAL');
        break;
      case 'active':
        this.#onActive(change.sessionId);
        break;
      case 'revoked':
        this.#end(change.sessionId, 'ILLEGAL_CONNECTION');
        break;
      default:
        change satisfies never;
    }
  }

  #prolong(sessionId: string, expiresAt: number): void {
    const live = this.#byId.get(sessionId);
    if (live) live.expiresAt = Math.max(live.expiresAt, expiresAt);
  }

  #end(sessionId: string, how: CloseCodeName): void {
    this.#ended.add(sessionId, how, this.#clock().getTime());
    this.#close(sessionId, how);
  }

  #close(sessionId: string, how: CloseCodeName): void {
    for (const tab of this.#byId.get(sessionId)?.tabs ?? []) tab.close(how);
  }

  /** A renewal may have got lost on its way, so who seems to have expired is looked up before. */
  #look(): void {
    const now = this.#clock().getTime();
    this.#ended.forgetOld(now);
    const expired: string[] = [];
    for (const [id, { expiresAt, isBeingLookedUp }] of this.#byId) {
      if (expiresAt <= now && !isBeingLookedUp) expired.push(id);
    }
    if (expired.length > 0) void this.#lookUp(expired);
  }

  async #lookUp(ids: readonly string[]): Promise<void> {
    for (const id of ids) {
      const live = this.#byId.get(id);
      if (live) live.isBeingLookedUp = true;
    }
    const lookUp = async (id: string) => {
      const live = this.#byId.get(id);
      if (!live) return;
      try {
        const found = await this.#sessions.find(id);
        live.expiresAt = found ? Math.max(live.expiresAt, found.expiresAt.getTime()) : 0;
        if (live.expiresAt <= this.#clock().getTime()) this.#close(id, 'ILLEGAL_CONNECTION');
      } catch (err) {
        this.#logger.warn({ err, sessionId: id }, 'a session could not be looked up');
        if (live.expiresAt <= this.#clock().getTime()) this.#close(id, 'CANCELLED');
      } finally {
        live.isBeingLookedUp = false;
      }
    };
    await Promise.all(ids.map(lookUp));
  }
}

/** Longer than any authentication takes. */
const REMEMBERED_MS = 30_000;

/**
 * Sessions that ended lately. A tab that is being authenticated cannot be found by its session yet: without this
 * memory, a logout at that moment would pass it by.
 */
export class EndedSessions {
  readonly #byId = new Map<string, { readonly how: CloseCodeName; readonly at: number }>();

  add(sessionId: string, how: CloseCodeName, now: number): void {
    this.#byId.set(sessionId, { how, at: now });
  }

  get(sessionId: string): CloseCodeName | undefined {
    return this.#byId.get(sessionId)?.how;
  }

  forgetOld(now: number): void {
    for (const [sessionId, { at }] of this.#byId) {
      if (now - at < REMEMBERED_MS) return;
      this.#byId.delete(sessionId);
    }
  }
}
