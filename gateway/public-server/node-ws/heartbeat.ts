import type { WebSocket } from 'ws';

/** Looks this often in an idle timeout; pings halfway through. */
const LOOKS = 4;

/** Pings sockets that have gone quiet, and terminates those from which nothing has come for `idleTimeoutS`. */
export class Heartbeat {
  readonly #quietLooks = new Map<WebSocket, number>();
  readonly #timer: NodeJS.Timeout;

  constructor(idleTimeoutS: number) {
    this.#timer = setInterval(() => this.#look(), (idleTimeoutS * 1000) / LOOKS);
  }

  watch(socket: WebSocket): void {
    const heard = () => this.#quietLooks.set(socket, 0);
    heard();
    socket.on('message', heard).on('ping', heard).on('pong', heard);
    socket.on('close', () => this.#quietLooks.delete(socket));
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  #look(): void {
    for (const [socket, looks] of this.#quietLooks) {
      this.#quietLooks.set(socket, looks + 1);
      if (looks + 1 > LOOKS) socket.terminate();
      else if (looks + 1 >= LOOKS / 2 && socket.readyState === socket.OPEN) socket.ping();
    }
  }
}
