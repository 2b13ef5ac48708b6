import { createClient } from '../client/create-rally.ts';
import type { Environment } from '../client/environment.ts';
import type { RallyClient } from '../client/rally.ts';
import type { PushAction, PushFrame } from '../client/wire.ts';

export interface Received {
  readonly frame: PushFrame;
  /** On the clock of `performance.now()`. */
  readonly atMs: number;
}

const PRESENCE: ReadonlySet<PushAction> = new Set(['user_online', 'user_offline']);

/** More than this is not slow but broken. */
const PATIENCE_MS = 5000;

/** One browser tab of a person: a client of its own, that remembers what is pushed to it. */
export class Tab {
  readonly rally: RallyClient;
  /** For people: `Ada's laptop`. */
  readonly name: string;
  #received: Received[] = [];
  #listeners = new Set<() => void>();
  #welcomedAtMs: number | null = null;
  #watched: ReadonlySet<string> = new Set();

  /** `environment`: that of the browser, for all tabs of it. */
  constructor(address: string, environment: Environment, name: string) {
    this.name = name;
    this.rally = createClient({ url: address, environment });
    this.rally.live.onPush((frame) => this.#take(frame));
    this.rally.live.onWelcome(() => {
      this.#welcomedAtMs = performance.now();
      this.#tellOfArrival();
    });
  }

  /** Connects, and is given what it missed since it was last connected. Resolves with when it was welcomed. */
  connect(): Promise<number> {
    this.#welcomedAtMs = null;
    this.rally.start();
    return this.#arrival(() => this.#welcomedAtMs);
  }

  disconnect(): void {
    this.rally.stop();
  }

  /** From now on frames are kept that say whether these are online. */
  watch(usernames: readonly string[]): void {
    this.#watched = new Set(usernames);
  }

  /** The first push of this action not taken yet, here or to come. Takes it. */
  async next(action: PushAction): Promise<Received> {
    const found = await this.#arrival(() => this.#received.find(({ frame }) => frame.action === action));
    this.#received = this.#received.filter((received) => received !== found);
    return found;
  }

  /** Everything received and not taken. */
  get rest(): readonly Received[] {
    return this.#received;
  }

  /** All but what comes at any time: who else uses this Rally. */
  #take(frame: PushFrame): void {
    if (PRESENCE.has(frame.action) && !('username' in frame.data && this.#isWatched(frame.data.username)))
      return;
    this.#received.push({ frame, atMs: performance.now() });
    this.#tellOfArrival();
  }

  #isWatched(username: string | null): boolean {
    return username !== null && this.#watched.has(username);
  }

  #tellOfArrival(): void {
    for (const listener of this.#listeners) listener();
  }

  /** Resolves at once with what `look` finds, or as soon as it finds something. */
  #arrival<Found>(look: () => Found | null | undefined): Promise<Found> {
    const deadline = AbortSignal.timeout(PATIENCE_MS);
    return new Promise((resolve, reject) => {
      const late = () => reject(new NothingCame(`${this.name} waited in vain`));
      deadline.addEventListener('abort', late, { once: true });
      const listener = () => {
        const found = look();
        if (found === null || found === undefined) return;
        this.#listeners.delete(listener);
        deadline.removeEventListener('abort', late);
        resolve(found);
      };
      this.#listeners.add(listener);
      listener();
    });
  }
}

export class NothingCame extends Error {
  override readonly name = 'NothingCame';
}
