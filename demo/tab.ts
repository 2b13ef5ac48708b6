import { WebSocket } from 'ws';
import { z } from 'zod';
import type { Person } from './person.ts';

const frame = z.looseObject({
  action: z.string(),
  data: z.record(z.string(), z.unknown()),
  request_id: z.string().optional(),
  cursor: z.string().optional(),
});

export type Frame = z.infer<typeof frame>;

export interface Received {
  readonly frame: Frame;
  /** On the clock of `performance.now()`. */
  readonly atMs: number;
}

const PRESENCE: ReadonlySet<string> = new Set(['user_online', 'user_offline']);

/** More than this is not slow but broken. */
const PATIENCE_MS = 5000;

/** One browser tab of a person. Remembers what it received, and the last cursor over all of its connections. */
export class Tab {
  readonly person: Person;
  readonly device: string;
  readonly #address: string;
  #received: Received[] = [];
  #listeners = new Set<() => void>();
  #socket: WebSocket | null = null;
  #cursor: string | undefined;
  #watched: ReadonlySet<unknown> = new Set();

  constructor(address: string, person: Person, device: string) {
    this.#address = address;
    this.person = person;
    this.device = device;
  }

  /** Connects, from the last cursor if there is one. Resolves with the welcome. */
  connect(): Promise<Received> {
    const url = new URL('/ws/events', this.#address);
    url.protocol = url.protocol.replace('http', 'ws');
    if (this.#cursor !== undefined) url.searchParams.set('cursor', this.#cursor);
    const socket = new WebSocket(url, { headers: this.person.headers });
    socket.on('message', (text) => this.#take(frame.parse(JSON.parse(text.toString()))));
    socket.on('error', () => {});
    this.#socket = socket;
    return this.next((received) => received.action === 'welcome');
  }

  disconnect(): void {
    this.#socket?.terminate();
  }

  /** Sends; the time it was sent at. */
  send(action: string, data: Record<string, unknown>, requestId: string): number {
    const sentAtMs = performance.now();
    this.#socket?.send(JSON.stringify({ action, data, request_id: requestId }));
    return sentAtMs;
  }

  /** From now on frames are kept that say whether these are online. */
  watch(usernames: readonly string[]): void {
    this.#watched = new Set(usernames);
  }

  /** The first frame not taken yet that matches, here or to come. Takes it. */
  async next(matches: (frame: Frame) => boolean): Promise<Received> {
    const deadline = AbortSignal.timeout(PATIENCE_MS);
    for (;;) {
      const found = this.#received.find((received) => matches(received.frame));
      if (found) {
        this.#received = this.#received.filter((received) => received !== found);
        return found;
      }
      await this.#arrival(deadline);
    }
  }

  /** Everything received and not taken. */
  get rest(): readonly Received[] {
    return this.#received;
  }

  /** All but what comes at any time: pings, and who else uses this Rally. */
  #take(received: Frame): void {
    if (received.action === 'ping') return;
    if (PRESENCE.has(received.action) && !this.#watched.has(received.data.username)) return;
    const { cursor = received.data.cursor } = received;
    if (typeof cursor === 'string') this.#cursor = cursor;
    this.#received.push({ frame: received, atMs: performance.now() });
    for (const listener of this.#listeners) listener();
  }

  #arrival(deadline: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const late = () => reject(new NothingCame(`${this.person.name}'s ${this.device} waited in vain`));
      deadline.addEventListener('abort', late, { once: true });
      const listener = () => {
        this.#listeners.delete(listener);
        deadline.removeEventListener('abort', late);
        resolve();
      };
      this.#listeners.add(listener);
    });
  }
}

export class NothingCame extends Error {
  override readonly name = 'NothingCame';
}
