import type { ApiClient } from './api-client.ts';
import { connectTab, type Frame, type Tab } from './tab.ts';

export interface Outgoing {
  readonly chat_id: string;
  readonly id: string;
  readonly content: string;
  readonly timestamp: string;
}

export interface PersistentSenderOptions {
  /** Messages under way at a time. */
  readonly window: number;
  /** Resolves with a gateway's address once there is a point in connecting. */
  readonly gateway: () => Promise<string>;
  readonly onAck?: () => void;
}

/**
 * A client that does what clients should: it keeps a window of messages under way, reconnects with its cursor when the
 * connection ends, and sends again, with the same ids, what was not acked.
 */
export class PersistentSender {
  readonly user: ApiClient;
  /** Position by message id, as acked. */
  readonly acked = new Map<string, string>();
  /** Ids of all `new_message` frames, as received, over all connections. */
  readonly received: string[] = [];
  /** Replays that were not complete: from then on `received` promises nothing. */
  unrecovered = 0;
  /** Resolves with the first welcome. */
  readonly welcomed: Promise<void>;
  readonly #options: PersistentSenderOptions;
  #onWelcome: () => void = () => {};
  #cursor: string | undefined;

  constructor(user: ApiClient, options: PersistentSenderOptions) {
    this.user = user;
    this.#options = options;
    this.welcomed = new Promise((resolve) => {
      this.#onWelcome = resolve;
    });
  }

  /** Resolves when every message is acked. */
  async send(messages: readonly Outgoing[]): Promise<void> {
    let unacked = [...messages];
    while (unacked.length > 0) {
      await this.#connectedRun(unacked);
      unacked = unacked.filter(({ id }) => !this.acked.has(id));
    }
  }

  /** Connects and stays until `enough` says so. */
  async listen(enough: () => boolean): Promise<void> {
    while (!enough()) {
      await this.#connection((tab, done) => {
        tab.socket.on('message', () => enough() && done());
        if (enough()) done();
      });
    }
  }

  #connectedRun(messages: readonly Outgoing[]): Promise<void> {
    return this.#connection((tab, done) => {
      const waiting = [...messages];
      let underWay = 0;
      const fill = () => {
        while (underWay < this.#options.window && waiting.length > 0) {
          const data = waiting.shift();
          if (!data) break;
          underWay += 1;
          tab.send({ action: 'new_message', request_id: data.id, data });
        }
        if (underWay === 0) done();
      };
      tab.socket.on('message', (text) => {
        const frame: Frame = JSON.parse(text.toString());
        if (frame.action !== 'ack' && frame.action !== 'error') return;
        underWay -= 1;
        if (frame.action === 'ack') {
          this.acked.set(String(frame.request_id), String(frame.data.position));
          this.#options.onAck?.();
        }
        fill();
      });
      fill();
    });
  }

  /** One connection, from welcome until `use` is done or it breaks. */
  async #connection(use: (tab: Tab, done: () => void) => void): Promise<void> {
    const address = await this.#options.gateway();
    const tab = connectTab(this.user, {
      address,
      ...(this.#cursor !== undefined && { cursor: this.#cursor }),
    });
    tab.socket.on('message', (text) => this.#note(JSON.parse(text.toString())));
    try {
      await tab.action('welcome');
    } catch {
      await tab.closed;
      return;
    }
    await Promise.race([new Promise<void>((resolve) => use(tab, resolve)), tab.closed]);
    await tab.close();
  }

  #note(frame: Frame): void {
    if (frame.action === 'new_message') this.received.push(String(frame.data.id));
    if (frame.action === 'welcome') {
      if (this.#cursor !== undefined && !frame.data.recovered) this.unrecovered += 1;
      this.#cursor = String(frame.data.cursor);
      this.#onWelcome();
    }
    if (frame.cursor !== undefined) this.#cursor = frame.cursor;
  }
}
