import type { ApiClient } from './api-client.ts';
import { PersistentTab } from './persistent-tab.ts';
import type { Frame, Tab } from './tab.ts';

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

/** What was refused for the moment is sent again about this much later. */
const RETRY_MS = 100;

/**
 * A tab that keeps a window of messages under way, and sends again, with the same ids, what was refused for the moment
 * or not answered before the connection ended.
 */
export class PersistentSender extends PersistentTab {
  /** Position by message id, as acked. */
  readonly acked = new Map<string, string>();
  /** Codes of all refusals. */
  readonly refusals: string[] = [];
  readonly #options: PersistentSenderOptions;

  constructor(user: ApiClient, options: PersistentSenderOptions) {
    super(user, options.gateway);
    this.#options = options;
  }

  /** Resolves when every message is acked. Each is asked for when there is room for it. */
  async send(messages: Iterable<Outgoing>): Promise<void> {
    const source = messages[Symbol.iterator]();
    const unacked = new Map<string, Outgoing>();
    let isOver = false;
    const another = () => {
      if (isOver) return undefined;
      const next = source.next();
      if (next.done) isOver = true;
      else unacked.set(next.value.id, next.value);
      return next.done ? undefined : next.value;
    };
    while (!isOver || unacked.size > 0) {
      await this.connection((tab, done) => this.#sendOn(tab, unacked, another, done));
    }
  }

  /** Until everything is acked, `another` included, or the connection ends. */
  #sendOn(
    tab: Tab,
    unacked: Map<string, Outgoing>,
    another: () => Outgoing | undefined,
    done: () => void,
  ): void {
    const again = [...unacked.values()];
    let room = this.#options.window;
    const send = (data: Outgoing) => tab.send({ action: 'new_message', request_id: data.id, data });
    const fill = () => {
      for (; room > 0; room -= 1) {
        const next = again.shift() ?? another();
        if (!next) break;
        send(next);
      }
      if (unacked.size === 0) done();
    };
    tab.socket.on('message', (text) => {
      const { action, request_id: id = '', data }: Frame = JSON.parse(text.toString());
      const message = unacked.get(id);
      if (!message || (action !== 'ack' && action !== 'error')) return;
      if (action === 'error') {
        this.refusals.push(String(data.code));
        if (!data.retryable) throw new Error(`refused for good: ${data.code}`);
        setTimeout(send, RETRY_MS * (0.5 + Math.random()), message);
        return;
      }
      this.acked.set(id, String(data.position));
      unacked.delete(id);
      this.#options.onAck?.();
      room += 1;
      fill();
    });
    fill();
  }
}
