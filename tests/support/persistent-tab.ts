import { setTimeout as delay } from 'node:timers/promises';
import type { ApiClient } from './api-client.ts';
import { connectTab, type Frame, type Tab } from './tab.ts';

/** A client does not come back in the very moment in which it lost its connection, nor all clients in one. */
const RECONNECT_MS = 50;

/**
 * A browser tab that does what clients should: when its connection ends, it comes back with its cursor, until it has
 * what it waits for.
 */
export class PersistentTab {
  readonly user: ApiClient;
  /** Ids of all `new_message` frames, as received, over all connections. */
  readonly received: string[] = [];
  /** What it was told last of each user: online or offline. */
  readonly statuses = new Map<string, string>();
  /** Replays that were not complete: from then on `received` promises nothing. */
  unrecovered = 0;
  /** With which its connections were closed. */
  readonly closeCodes: number[] = [];
  /** Resolves with the first welcome. */
  readonly welcomed: Promise<void>;
  readonly #gateway: () => Promise<string>;
  #onWelcome: () => void = () => {};
  #cursor: string | undefined;
  #current: Tab | undefined;

  /** `gateway` resolves with a gateway's address once there is a point in connecting. */
  constructor(user: ApiClient, gateway: () => Promise<string>) {
    this.user = user;
    this.#gateway = gateway;
    this.welcomed = new Promise((resolve) => {
      this.#onWelcome = resolve;
    });
  }

  /** Connects and stays until `enough` says so. */
  async listen(enough: () => boolean): Promise<void> {
    while (!enough()) {
      await this.connection((tab, done) => {
        tab.socket.on('message', () => enough() && done());
        if (enough()) done();
      });
    }
  }

  /** Ends the connection as a lost network would. */
  breakOff(): void {
    this.#current?.socket.terminate();
  }

  /** One connection, from welcome until `use` is done or it breaks. */
  protected async connection(use: (tab: Tab, done: () => void) => void): Promise<void> {
    const address = await this.#gateway();
    const tab = connectTab(this.user, {
      address,
      ...(this.#cursor !== undefined && { cursor: this.#cursor }),
    });
    this.#current = tab;
    void tab.closed.then(({ code }) => this.closeCodes.push(code));
    tab.socket.on('message', (text) => this.#note(JSON.parse(text.toString())));
    const welcomed = await tab.action('welcome').then(
      () => true,
      () => false,
    );
    const done = new Promise<boolean>((resolve) => welcomed && use(tab, () => resolve(true)));
    const isDone = await Promise.race([done, tab.closed.then(() => false)]);
    if (isDone) await tab.close();
    else await delay(RECONNECT_MS * (0.5 + Math.random()));
  }

  #note(frame: Frame): void {
    if (frame.action.startsWith('user_'))
      this.statuses.set(String(frame.data.username), String(frame.data.status));
    if (frame.action === 'new_message') this.received.push(String(frame.data.id));
    if (frame.action === 'welcome') {
      if (this.#cursor !== undefined && !frame.data.recovered) this.unrecovered += 1;
      this.#cursor = String(frame.data.cursor);
      this.#onWelcome();
    }
    if (frame.cursor !== undefined) this.#cursor = frame.cursor;
  }
}
