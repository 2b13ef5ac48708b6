import type { PublicSocket } from './public-socket.ts';

/** Looks this often in an idle timeout; pings halfway through. */
const LOOKS = 4;

/** Pings sockets that have gone quiet, and terminates those from which nothing has come for `idleTimeoutS`. */
export class Heartbeat {
  readonly #watched = new Set<PublicSocket>();
  readonly #timer: NodeJS.Timeout;

  constructor(idleTimeoutS: number) {
    this.#timer = setInterval(() => this.#look(), (idleTimeoutS * 1000) / LOOKS);
  }

  watch(socket: PublicSocket): void {
    this.#watched.add(socket);
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  #look(): void {
    for (const socket of this.#watched) {
      if (socket.isOver) this.#watched.delete(socket);
      else if (socket.quietLooks >= LOOKS) socket.terminate();
      else if (socket.quietLooks >= LOOKS / 2 - 1) socket.ping();
      socket.quietLooks += 1;
    }
  }
}
