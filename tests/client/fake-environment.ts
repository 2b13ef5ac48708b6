import type {
  Environment,
  KeyValueStorage,
  Socket,
  SocketListener,
  WakeUp,
  WakeUps,
} from '../../client/environment.ts';
import { FakeLocks } from './fake-locks.ts';

/** A browser with its tabs: they share time, storage, locks and cookies. */
export class FakeBrowser {
  /** What `now` answers, in milliseconds since 1970. */
  time = Date.UTC(2026, 0, 1);
  readonly stored = new Map<string, string>();
  readonly cookies = new Map<string, string>();
  readonly locks = new FakeLocks();
  readonly tabs: FakeTab[] = [];
  /** The storage throws at each call, as a full or forbidden one does. */
  isStorageBroken = false;
  #ids = 0;

  newTab(): FakeTab {
    const tab = new FakeTab(this);
    this.tabs.push(tab);
    return tab;
  }

  newId(): string {
    this.#ids += 1;
    return `00000000-0000-4000-8000-${this.#ids.toString(16).padStart(12, '0')}`;
  }

  /** Lets time pass for all tabs. Timers run in their order, each with all that follows from it. */
  async pass(ms: number): Promise<void> {
    const end = this.time + ms;
    await settled();
    for (;;) {
      const next = this.tabs.flatMap((tab) => tab.nextTimer() ?? []).sort((a, b) => a.at - b.at)[0];
      if (!next || next.at > end) break;
      this.time = Math.max(this.time, next.at);
      next.run();
      await settled();
    }
    this.time = end;
    await settled();
  }
}

/** Everything that can happen without time passing has happened. */
export async function settled(): Promise<void> {
  for (let turn = 0; turn < 8; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}

interface Timer {
  readonly at: number;
  run(): void;
}

/** What is left of a tab, by kinds. All are 0 of one that has stopped. */
export interface Leftovers {
  readonly timers: number;
  readonly listeners: number;
  readonly sockets: number;
  readonly locks: number;
}

export interface FakeRequest {
  readonly method: string;
  /** From `/api` on, with its query. */
  readonly path: string;
  readonly headers: Headers;
  readonly body: unknown;
  readonly signal: AbortSignal | null;
}

/** A tab's environment, and what a test does to it and sees of it. */
export class FakeTab {
  readonly browser: FakeBrowser;
  readonly environment: Environment;
  readonly sockets: FakeSocket[] = [];
  readonly requests: FakeRequest[] = [];
  readonly #timers = new Set<Timer>();
  readonly #listeners = new Set<(cause: WakeUp) => void>();
  isOnline = true;
  isVisible = true;
  /** A frozen tab's timers do not run, and it hears nothing. */
  isFrozen = false;
  /** What chance answers, from 0 up to 1. */
  chance = 0.5;
  /** Answers requests; rejects when nobody can be reached. */
  answer: (request: FakeRequest) => Response | Promise<Response> = () =>
    json(404, { msg: '', code: 'not_found' });
  /** What becomes of a new socket, right after it was opened by the tab. */
  onSocket: (socket: FakeSocket) => void = () => {};

  constructor(browser: FakeBrowser) {
    this.browser = browser;
    const storage = this.#storage();
    const wakeUps: WakeUps = {
      subscribe: (listener) => {
        const own = (cause: WakeUp) => listener(cause);
        this.#listeners.add(own);
        return () => void this.#listeners.delete(own);
      },
      isOnline: () => this.isOnline,
      isVisible: () => this.isVisible,
    };
    this.environment = {
      fetch: (url, init) => this.#fetch(url, init),
      openSocket: (url, protocols, listener) => {
        const socket = new FakeSocket(url, protocols, listener);
        this.sockets.push(socket);
        queueMicrotask(() => this.onSocket(socket));
        return socket;
      },
      now: () => browser.time,
      setTimer: (callback, ms) => this.#setTimer(callback, ms),
      random: () => this.chance,
      newId: () => browser.newId(),
      storage,
      locks: browser.locks.of(this),
      wakeUps,
      readCookie: (name) => browser.cookies.get(name),
    };
  }

  /** The newest one. */
  get socket(): FakeSocket {
    const socket = this.sockets.at(-1);
    if (!socket) throw new Error('the tab has opened no socket');
    return socket;
  }

  async wake(cause: WakeUp): Promise<void> {
    for (const listener of [...this.#listeners]) listener(cause);
    await settled();
  }

  /** The tab ends as one that crashes does: nothing of it runs any more, and its locks are free. */
  crash(): void {
    this.#timers.clear();
    this.#listeners.clear();
    for (const socket of this.sockets) socket.forget();
    this.browser.locks.releaseAll(this);
    this.browser.tabs.splice(this.browser.tabs.indexOf(this), 1);
  }

  nextTimer(): Timer | null {
    if (this.isFrozen) return null;
    return [...this.#timers].sort((a, b) => a.at - b.at)[0] ?? null;
  }

  leftovers(): Leftovers {
    return {
      timers: this.#timers.size,
      listeners: this.#listeners.size,
      sockets: this.sockets.filter(({ state }) => state !== 'closed').length,
      locks: this.browser.locks.countOf(this),
    };
  }

  #setTimer(callback: () => void, ms: number): () => void {
    const timer: Timer = {
      at: this.browser.time + Math.max(0, ms),
      run: () => {
        this.#timers.delete(timer);
        callback();
      },
    };
    this.#timers.add(timer);
    return () => void this.#timers.delete(timer);
  }

  async #fetch(url: string, init: RequestInit): Promise<Response> {
    const { pathname, search } = new URL(url, 'https://rally.test');
    const request: FakeRequest = {
      method: init.method ?? 'GET',
      path: pathname + search,
      headers: new Headers(init.headers),
      body: typeof init.body === 'string' ? JSON.parse(init.body) : null,
      signal: init.signal ?? null,
    };
    this.requests.push(request);
    const { signal } = request;
    const aborted = new Promise<never>((_resolve, reject) =>
      signal?.addEventListener('abort', () => reject(signal.reason), { once: true }),
    );
    return Promise.race([this.answer(request), aborted]);
  }

  /** The other tabs hear of each change, as by the browser's `storage` event. */
  #storage(): KeyValueStorage {
    const { stored } = this.browser;
    const checked = () => {
      if (this.browser.isStorageBroken) throw new DOMException('full', 'QuotaExceededError');
    };
    const changed = () => {
      for (const tab of this.browser.tabs) if (tab !== this && !tab.isFrozen) void tab.wake('stored');
    };
    return {
      getItem: (key) => {
        checked();
        return stored.get(key) ?? null;
      },
      setItem: (key, value) => {
        checked();
        if (stored.get(key) === value) return;
        stored.set(key, value);
        changed();
      },
      removeItem: (key) => {
        checked();
        if (stored.delete(key)) changed();
      },
      keys: () => {
        checked();
        return [...stored.keys()];
      },
    };
  }
}

/** A socket, seen from its other side. */
export class FakeSocket implements Socket {
  readonly url: URL;
  readonly protocols: readonly string[];
  state: 'connecting' | 'open' | 'closed' = 'connecting';
  /** What the client has sent, in order. */
  readonly sent: { action: string; data: Record<string, unknown>; request_id?: string }[] = [];
  /** With which the client has closed it; null: it has not, undefined: without a code. */
  closedByClient: number | undefined | null = null;
  /** What becomes of a frame that the client has just sent. */
  onSent: (frame: FakeSocket['sent'][number]) => void = () => {};
  #listener: SocketListener | null;

  constructor(url: string, protocols: readonly string[], listener: SocketListener) {
    this.url = new URL(url, 'wss://rally.test');
    this.protocols = protocols;
    this.#listener = listener;
  }

  open(): void {
    this.state = 'open';
    this.#listener?.opened();
  }

  /** A frame from the server. The client gets it even when it has given the socket up: what was on its way comes. */
  push(frame: unknown): void {
    this.#listener?.message(typeof frame === 'string' ? frame : JSON.stringify(frame));
  }

  /** It ends from the other side. */
  end(code = 1006): void {
    this.state = 'closed';
    const listener = this.#listener;
    this.#listener = null;
    listener?.closed(code);
  }

  forget(): void {
    this.state = 'closed';
    this.#listener = null;
  }

  send(text: string): void {
    if (this.state !== 'open') throw new DOMException('not open', 'InvalidStateError');
    const frame = JSON.parse(text);
    this.sent.push(frame);
    queueMicrotask(() => this.onSent(frame));
  }

  close(code?: number): void {
    if (this.state === 'closed') return;
    this.closedByClient = code;
    this.state = 'closed';
  }
}

export const json = (status: number, body: unknown, headers: Record<string, string> = {}): Response =>
  new Response(status === 204 ? null : JSON.stringify(body), {
    status,
    headers: { 'content-type': 'application/json', ...headers },
  });

/** A welcome as the server sends it. */
export const welcome = (data: Record<string, unknown> = {}) => ({
  action: 'welcome',
  data: {
    session_id: '00000000-0000-4000-8000-00000000aaaa',
    username: 'Ann',
    cursor: '10.999.7',
    recovered: false,
    replayed: 0,
    expires_at: '2026-01-01T00:15:00.000Z',
    ping_interval_s: 25,
    ...data,
  },
});

/** Opens a socket that the tab has asked for, and welcomes it. */
export async function admit(socket: FakeSocket, data: Record<string, unknown> = {}): Promise<void> {
  socket.open();
  socket.push(welcome(data));
  await settled();
}
