/**
 * Everything that the client has of the world around it. Each part can be passed in; `browser-environment.ts` and `node.ts`
 * say what they are otherwise. Nothing of it is touched before `start()`, or before somebody signs in.
 */
export interface Environment {
  /** As the platform's own. Sends cookies when the session is kept in cookies. */
  readonly fetch: (url: string, init: RequestInit) => Promise<Response>;
  /** Throws when there can never be such a socket. */
  readonly openSocket: (url: string, protocols: readonly string[], listener: SocketListener) => Socket;
  /** Milliseconds since 1970. Timers of a frozen tab do not run, so time is compared, and ticks are not counted. */
  readonly now: () => number;
  /** Calls back once, after so many milliseconds; answers what takes it back. */
  readonly setTimer: (callback: () => void, ms: number) => () => void;
  /** From 0 up to, but not including, 1. */
  readonly random: () => number;
  /** A UUID nobody else makes: ids of messages and requests. */
  readonly newId: () => string;
  /** Shared by all tabs of one browser and origin, and outlives them. null: there is none, and all is kept in memory. */
  readonly storage: KeyValueStorage | null;
  /** Held by at most one tab of the browser. null: there are none (no secure context): tabs then act side by side. */
  readonly locks: Locks | null;
  readonly wakeUps: WakeUps;
  /** A cookie that a page may read; undefined: there is none, or no page. */
  readonly readCookie: (name: string) => string | undefined;
}

/** What is used of a WebSocket. */
export interface Socket {
  /** Text frames only. Throws, or does nothing, unless it is open. */
  send(text: string): void;
  /** 1000 or 3000–4999; none: without a reason. */
  close(code?: number): void;
}

/** What a socket tells of itself. Nothing before `openSocket` has returned, and nothing after `closed`. */
export interface SocketListener {
  opened(): void;
  message(data: unknown): void;
  /** Once, also when no connection came about. `code` 1006: nobody says why. */
  closed(code: number): void;
}

/** May throw at each call: full, forbidden, or gone. */
export interface KeyValueStorage {
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
  removeItem(key: string): void;
  keys(): readonly string[];
}

/** What is used of the Web Locks API. */
export interface Locks {
  /** Waits for the lock until `signal` ends the wait (which rejects), holds it until the promise of `held` settles. */
  request<Result>(
    name: string,
    options: { readonly signal?: AbortSignal; readonly ifAvailable?: boolean },
    held: (lock: unknown) => Promise<Result>,
  ): Promise<Result>;
  /** Names of the locks that some tab holds. */
  heldNames(): Promise<readonly string[]>;
}

/**
 * Tells when there is a reason to look at the connection again: the network is back or gone, the tab is seen, hidden, or runs
 * again after it was frozen; or another tab has written into the storage that they share.
 */
export interface WakeUps {
  subscribe(listener: (cause: WakeUp) => void): () => void;
  /** false: there seems to be no network. It may be wrong: a server on the same machine can be there all the same. */
  isOnline(): boolean;
  /** Whether somebody can see the tab. Always true where there is nothing to see. */
  isVisible(): boolean;
}

export type WakeUp = 'online' | 'offline' | 'seen' | 'hidden' | 'thawed' | 'stored';
