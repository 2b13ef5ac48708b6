import { Backoff } from '../../client/connection/backoff.ts';
import type { CrowdUser } from './crowd.ts';
import { openRawWebSocket, type RawWebSocket } from './raw-websocket.ts';

/** As the client does: whoever was connected for so long begins with short waits again. */
const HELD_MS = 5000;
const RETRY_AFTER_MS = 200;
/** Nobody listens there. */
const REFUSED = 'ECONNREFUSED';
/** Who has stores and shows nobody's presence. */
const WATCH_NOBODY = '{"action":"watch_presence","data":{"usernames":[]}}';

/** Whose connections come and go, and who resumes. What it has heard of its one chat, over all of them. */
export class ResumingTab {
  readonly #addresses: readonly string[];
  readonly #user: CrowdUser;
  readonly #chatId: string;
  readonly #onWelcome: () => void;
  readonly #backoff = new Backoff(Math.random);
  #socket: RawWebSocket | null = null;
  #cursor = '';
  #isClosing = false;
  /** On the clock of `performance.now()`; null: it was not lost, or is not back. */
  lostAt: number | null = null;
  backAt: number | null = null;
  isWelcome = false;
  tries = 0;
  recovered = 0;
  replayed = 0;
  /** Of the messages in its chat, in the order in which they came. */
  readonly heard: string[] = [];
  /** Of those that it has said itself. */
  readonly acked: string[] = [];
  said = 0;

  /** `onWelcome` is called each time. */
  constructor(addresses: readonly string[], user: CrowdUser, chatId: string, onWelcome: () => void) {
    this.#addresses = addresses;
    this.#user = user;
    this.#chatId = chatId;
    this.#onWelcome = onWelcome;
  }

  /** At this address first, later at any. */
  open(address: string | undefined = this.#anyAddress()): void {
    if (this.#isClosing || address === undefined) return;
    this.tries += 1;
    this.#dial(address, (another) => another !== address);
  }

  /**
   * A proxy that finds nobody at an address goes on to another one, as those in `deploy/` do; it knows nothing else of who is there. Only
   * when all have been tried is the try over for the tab.
   */
  #dial(address: string, isLeft: (address: string) => boolean): void {
    const { path, headers } = this.#user;
    const query = this.#cursor === '' ? '' : `?cursor=${encodeURIComponent(this.#cursor)}`;
    let isOver = false;
    const over = (reason: string) => {
      if (isOver) return;
      isOver = true;
      const next = reason.includes(REFUSED) && this.#addresses.find(isLeft);
      if (next) this.#dial(next, (another) => another !== next && isLeft(another));
      else this.#lose();
    };
    openRawWebSocket(address, path + query, headers, {
      text: (payload, socket) => this.#hear(payload, socket),
      closed: over,
    }).then(
      (socket) => {
        this.#socket = socket;
      },
      // It is told that it was closed, too.
      () => {},
    );
  }

  /** Ends its connection without a word, as a network that is gone. */
  cut(): void {
    this.#socket?.end();
  }

  close(): void {
    this.#isClosing = true;
    this.#socket?.end();
  }

  /** Counts from now on. */
  countAnew(): void {
    this.lostAt = this.backAt = null;
    this.tries = this.recovered = this.replayed = this.said = 0;
    this.heard.length = this.acked.length = 0;
  }

  say(content: string): void {
    if (!this.isWelcome) return;
    this.said += 1;
    const data = { chat_id: this.#chatId, content, timestamp: '' };
    this.#socket?.send(JSON.stringify({ action: 'new_message', request_id: content, data }));
  }

  #anyAddress(): string | undefined {
    return this.#addresses[Math.floor(Math.random() * this.#addresses.length)];
  }

  #lose(): void {
    const now = performance.now();
    this.#socket?.end();
    this.#socket = null;
    if (this.isWelcome) {
      if (now - (this.backAt ?? 0) > HELD_MS) this.#backoff.reset();
      this.lostAt ??= now;
      this.backAt = null;
    }
    this.isWelcome = false;
    if (!this.#isClosing) setTimeout(() => this.open(), this.#backoff.next());
  }

  #hear(payload: string, socket: RawWebSocket): void {
    if (payload.startsWith('{"action":"new_message"')) {
      const { data, cursor } = JSON.parse(payload);
      this.#cursor = cursor;
      this.heard.push(data.content);
    } else if (payload.startsWith('{"action":"welcome"')) {
      const { cursor, recovered, replayed } = JSON.parse(payload).data;
      this.#cursor = cursor;
      this.recovered += Number(recovered);
      this.replayed += replayed;
      this.backAt = performance.now();
      this.isWelcome = true;
      socket.send(WATCH_NOBODY);
      this.#onWelcome();
    } else if (payload.startsWith('{"action":"ack"')) {
      const { request_id } = JSON.parse(payload);
      if (request_id !== undefined) this.acked.push(request_id);
    } else if (payload.startsWith('{"action":"error"') && !payload.includes('"request_id"')) {
      // Of whom it watches, which a server that is busy puts off.
      setTimeout(() => this.isWelcome && this.#socket?.send(WATCH_NOBODY), RETRY_AFTER_MS);
    }
  }
}
