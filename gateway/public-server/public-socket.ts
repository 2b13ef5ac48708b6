import type { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';
import { FrameRate } from '../frame-rate.ts';
import { encodeText } from './encode-text.ts';
import type { OpenSocket, Socket, SocketHandlers } from './public-server.ts';

/** One WebSocket on the `ws` package, which answers pings, and gives up a client that lets the answers lie. */
export class PublicSocket implements Socket {
  /** How often in a row the heartbeat has found that nothing had come. */
  quietLooks = 0;
  readonly #socket: WebSocket;
  readonly #stream: Duplex;
  readonly #handlers: SocketHandlers;
  readonly #controlFramesPerS: number;
  #controlFrames: FrameRate | null = null;
  #closing = false;

  constructor(socket: WebSocket, stream: Duplex, open: OpenSocket, controlFramesPerS: number) {
    this.#socket = socket;
    this.#stream = stream;
    this.#controlFramesPerS = controlFramesPerS;
    this.#handlers = open(this);
    const control = () => this.#control();
    socket.on('message', (data, isBinary) => {
      this.quietLooks = 0;
      if (!this.#closing) this.#handlers.message(isBinary ? null : data.toString());
    });
    socket.on('ping', control);
    socket.on('pong', control);
    socket.on('close', () => this.#handlers.closed());
    // A frame that breaks WebSocket itself: the library has sent the close frame. `close` follows.
    socket.on('error', () => {
      this.#closing = true;
    });
  }

  get isOver(): boolean {
    return this.#socket.readyState === this.#socket.CLOSED;
  }

  /**
   * Past the library, which writes each frame in two parts. It does not hold back what it was given before, as nothing is compressed.
   * What it does not know of it cannot drop either: nothing may follow a close frame, its own or the answer to the client's.
   */
  send(text: string): void {
    if (this.#isSending) this.#stream.write(encodeText(text));
  }

  sendAll(texts: readonly string[]): void {
    this.sendEncoded(texts.map(encodeText));
  }

  sendEncoded(encoded: readonly Buffer[]): void {
    if (!this.#isSending) return;
    this.#stream.cork();
    for (const texts of encoded) this.#stream.write(texts);
    this.#stream.uncork();
  }

  get #isSending(): boolean {
    return !this.#closing && this.#socket.readyState === this.#socket.OPEN;
  }

  unsentBytes(): number {
    return this.#socket.bufferedAmount;
  }

  close(code: number, reason: string): void {
    if (this.#closing) return;
    this.#closing = true;
    this.#socket.close(code, reason);
  }

  terminate(): void {
    this.#socket.terminate();
  }

  ping(): void {
    if (this.#socket.readyState === this.#socket.OPEN) this.#socket.ping();
  }

  #control(): void {
    this.quietLooks = 0;
    if (this.#closing) return;
    this.#controlFrames ??= new FrameRate(this.#controlFramesPerS);
    if (this.#controlFrames.isExceededAt(performance.now())) this.#handlers.flooded();
  }
}
