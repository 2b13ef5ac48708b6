import type { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';
import type { OpenSocket, Socket } from '../public-server.ts';

/** One WebSocket on the `ws` package. */
export class WsConnection implements Socket {
  readonly #socket: WebSocket;
  readonly #stream: Duplex;
  #closing = false;

  constructor(socket: WebSocket, stream: Duplex, open: OpenSocket) {
    this.#socket = socket;
    this.#stream = stream;
    const handlers = open(this);
    socket.on('message', (data, isBinary) => {
      if (!this.#closing) handlers.message(isBinary ? null : data.toString());
    });
    socket.on('close', () => handlers.closed());
    socket.on('error', () => {
      // A frame that breaks WebSocket itself, or a broken connection: `close` follows.
    });
  }

  send(text: string): void {
    if (!this.#closing) this.#socket.send(text);
  }

  sendAll(texts: readonly string[]): void {
    this.#stream.cork();
    for (const text of texts) this.send(text);
    this.#stream.uncork();
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
}
