import type { CrowdUser } from './crowd.ts';
import type { Dialect } from './dialects/dialect.ts';
import { openRawWebSocket, type RawWebSocket } from './raw-websocket.ts';

const CONNECTING_AT_ONCE = 64;

export interface IdleSockets {
  /** Those that ended although nobody asked them to. */
  broken(): number;
  close(): void;
}

/** Opens `count` tabs, the users' in turn, and does nothing with them. Resolves when every one has been welcomed. */
export async function openIdleSockets(
  dialect: Dialect,
  address: string,
  users: readonly CrowdUser[],
  count: number,
): Promise<IdleSockets> {
  const sockets: RawWebSocket[] = [];
  let [next, broken, closing] = [0, 0, false];
  const open = (user: CrowdUser) =>
    new Promise<void>((resolve, reject) => {
      const ignore = () => {};
      const events = {
        ready: resolve,
        acked: ignore,
        refused: ignore,
        delivered: ignore,
        unexpected: ignore,
      };
      openRawWebSocket(address, user.path, user.headers, {
        text: (payload, socket) => dialect.received(payload, events, (reply) => socket.send(reply)),
        closed: (reason) => {
          if (!closing) broken += 1;
          reject(new Error(`an idle socket was closed: ${reason}`));
        },
      }).then((socket) => sockets.push(socket), reject);
    });
  const openInTurn = async () => {
    while (next < count) {
      const user = users[next % users.length];
      next += 1;
      if (user) await open(user);
    }
  };
  await Promise.all(Array.from({ length: CONNECTING_AT_ONCE }, openInTurn));
  return {
    broken: () => broken,
    close: () => {
      closing = true;
      for (const socket of sockets) socket.end();
    },
  };
}
