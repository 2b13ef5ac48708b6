import type { OpenSocket, Socket, SocketHandlers } from '../public-server.ts';
import type { UwsWebSocket } from './uwebsockets-api.ts';

export interface UserData {
  readonly connection: UwsConnection;
}

/** One WebSocket. The library's socket throws when used after its end, so it is let go there. */
export class UwsConnection implements Socket {
  #openSocket: OpenSocket | null;
  #socket: UwsWebSocket<UserData> | null = null;
  #handlers: SocketHandlers | null = null;
  #closing: { readonly code: number; readonly reason: string } | null = null;

  constructor(openSocket: OpenSocket) {
    this.#openSocket = openSocket;
  }

  opened(socket: UwsWebSocket<UserData>): void {
    this.#socket = socket;
    const handlers = this.#openSocket?.(this) ?? null;
    this.#openSocket = null;
    if (this.#socket) this.#handlers = handlers;
    else handlers?.closed();
  }

  received(message: ArrayBuffer, isBinary: boolean): void {
    if (!this.#closing) this.#handlers?.message(isBinary ? null : Buffer.from(message).toString());
  }

  drained(): void {
    if (this.#closing) this.#endWhenSent();
  }

  ended(): void {
    this.#socket = null;
    const handlers = this.#handlers;
    this.#handlers = null;
    handlers?.closed();
  }

  send(text: string): void {
    if (!this.#closing) this.#socket?.send(text);
  }

  sendAll(texts: readonly string[]): void {
    this.#socket?.cork(() => {
      for (const text of texts) this.send(text);
    });
  }

  unsentBytes(): number {
    return this.#socket?.getBufferedAmount() ?? 0;
  }

  close(code: number, reason: string): void {
    if (this.#closing) return;
    this.#closing = { code, reason };
    this.#endWhenSent();
  }

  terminate(): void {
    this.#socket?.close();
  }

  /** The library forgets an ended socket at once, and could not terminate one whose client does not read. */
  #endWhenSent(): void {
    if (this.#closing && this.#socket?.getBufferedAmount() === 0) {
      this.#socket.end(this.#closing.code, this.#closing.reason);
    }
  }
}
