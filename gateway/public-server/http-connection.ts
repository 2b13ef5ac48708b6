import { STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';

/** Requests of one connection that wait for the answers before theirs; beyond, nothing more is read from it. */
const WAITING_LIMIT = 16;

/** A client that still sends may hear an answer for so long before its connection is cut. */
export const LAST_WORDS_MS = 500;

/** Does one thing of a connection; resolves when the next may begin. Never rejects. */
export type Step = () => Promise<void> | void;

/**
 * A connection while it speaks HTTP. What arrives on it is done one after the other, so that answers leave in order and
 * a client that sends without end makes nobody work for more than one of its requests at a time. What one read brought
 * (64 KiB) waits; then reading stops until it is worked off. Once the client has gone, what waits is not begun.
 */
export class HttpConnection {
  readonly #stream: Duplex;
  readonly #waiting: Step[] = [];
  #isBusy = false;
  #isBroken = false;
  #bodyBroken: (() => void) | null = null;

  constructor(stream: Duplex) {
    this.#stream = stream;
  }

  inTurn(step: Step): void {
    this.#waiting.push(step);
    if (this.#waiting.length > WAITING_LIMIT) this.#stream.pause();
    if (!this.#isBusy) void this.#work();
  }

  /** Called back when nothing more can come of the body that is being read. */
  readsBody(broken: (() => void) | null): void {
    this.#bodyBroken = broken;
  }

  /** What came is not HTTP, or came too slowly: answered with the status after what came whole, then the end. */
  break(status: number): void {
    if (this.#isBroken) return;
    this.#isBroken = true;
    this.inTurn(() => refuse(this.#stream, status));
    this.#bodyBroken?.();
  }

  async #work(): Promise<void> {
    this.#isBusy = true;
    for (let step = this.#waiting.shift(); step && !this.#isOver(); step = this.#waiting.shift()) {
      if (this.#waiting.length === WAITING_LIMIT) this.#stream.resume();
      await step();
    }
    this.#isBusy = false;
  }

  /** Also once the last answer has been written: what came after that request is not carried out. */
  #isOver(): boolean {
    return this.#stream.destroyed || this.#stream.writableEnded;
  }
}

/**
 * Answers without a body, and ends the connection: when the client has ended it too, or soon after, whatever the client
 * does. Meanwhile what it sends is read and dropped, because unread bytes would make the system throw the answer away.
 */
export function refuse(stream: Duplex, status: number): void {
  const cut = setTimeout(() => stream.destroy(), LAST_WORDS_MS);
  stream.once('close', () => clearTimeout(cut));
  stream.once('end', () => stream.destroy());
  stream.end(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
  stream.resume();
}
