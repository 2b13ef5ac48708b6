import type { Crowd, CrowdUser } from './crowd.ts';
import { DeliveryBook } from './delivery-book.ts';
import type { Dialect, TabEvents } from './dialects/dialect.ts';
import { openRawWebSocket, type RawWebSocket } from './raw-websocket.ts';

const RETRY_AFTER_MS = 200;
const CONNECTING_AT_ONCE = 50;

/** All tabs, connected. Sends from each user's first tab and notes in `book` what all of them receive. */
export class TalkingCrowd {
  readonly #dialect: Dialect;
  readonly #address: string;
  /** The first tab of each speaker. */
  readonly #voices: RawWebSocket[] = [];
  readonly #silent: RawWebSocket[] = [];
  #closing = false;
  readonly book: DeliveryBook;
  readonly speakers: number;
  /** The ack, and the message at each tab of its chat. */
  readonly awaitedPerMessage: number;
  /** Messages sent again after a retryable refusal. */
  retries = 0;

  private constructor(dialect: Dialect, address: string, crowd: Crowd) {
    this.#address = address;
    this.#dialect = dialect;
    this.book = new DeliveryBook(crowd);
    this.speakers = 2 * crowd.pairs.length;
    this.awaitedPerMessage = 1 + 2 * crowd.tabsPerUser;
  }

  /** Resolves when every tab is known to the server. */
  static async connect(dialect: Dialect, address: string, crowd: Crowd): Promise<TalkingCrowd> {
    const talking = new TalkingCrowd(dialect, address, crowd);
    const users = crowd.pairs.flatMap((pair) => pair.users);
    const tabs = users.flatMap((user, speaker) =>
      Array.from({ length: crowd.tabsPerUser }, (_, tab) => ({ user, speaker, tab })),
    );
    for (let at = 0; at < tabs.length; at += CONNECTING_AT_ONCE) {
      const some = tabs.slice(at, at + CONNECTING_AT_ONCE);
      await Promise.all(some.map(({ user, speaker, tab }) => talking.#openTab(user, speaker, tab)));
    }
    return talking;
  }

  say(speaker: number, dueAt: number): void {
    this.#voices[speaker]?.send(this.#dialect.message(this.book.say(speaker, dueAt)));
  }

  close(): void {
    this.#closing = true;
    for (const socket of [...this.#voices, ...this.#silent]) socket.end();
  }

  /** Resolves when the tab has been welcomed. */
  #openTab(user: CrowdUser, speaker: number, tab: number): Promise<void> {
    return new Promise((resolve, reject) => {
      const events = this.#eventsOf(speaker, tab, resolve);
      const opening = openRawWebSocket(this.#address, user.path, user.headers, {
        text: (payload, socket) => this.#dialect.received(payload, events, (reply) => socket.send(reply)),
        closed: (reason) => {
          reject(new Error(`a tab of ${user.username} was closed: ${reason}`));
          if (!this.#closing) this.book.unexpected(`closed: ${reason}`);
        },
      });
      opening.then((socket) => this.#keep(socket, speaker, tab), reject);
    });
  }

  #keep(socket: RawWebSocket, speaker: number, tab: number): void {
    if (tab === 0) this.#voices[speaker] = socket;
    else this.#silent.push(socket);
  }

  #eventsOf(speaker: number, tab: number, ready: () => void): TabEvents {
    return {
      ready,
      acked: (sequence) => this.book.acked(speaker, sequence),
      delivered: (message) => this.book.delivered(message, speaker, tab),
      refused: (id) => {
        this.retries += 1;
        setTimeout(() => this.#sendAgain(speaker, id), RETRY_AFTER_MS);
      },
      unexpected: (payload) => this.book.unexpected(payload),
    };
  }

  #sendAgain(speaker: number, id: string): void {
    if (!this.#closing) this.#voices[speaker]?.send(this.#dialect.message(this.book.sayAgain(id)));
  }
}
