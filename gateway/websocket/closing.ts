import { CLOSE_CODES, type CloseCodeName } from '../../protocol/close-codes.ts';
import type { HandshakeAnswer, Socket } from '../public-server/public-server.ts';
import type { SocketMetrics } from './socket-metrics.ts';
import type { SocketPlace } from './socket-places.ts';

/** A client that does not read, or does not answer a close frame, is cut this long after. */
const UNREAD_CLOSE_MS = 5000;

/** The timer is to be cleared when the connection has ended: until then, a client that does not answer keeps it. */
export function closeSocket(socket: Socket, name: CloseCodeName): NodeJS.Timeout {
  const cut = setTimeout(() => socket.terminate(), UNREAD_CLOSE_MS).unref();
  const { code, reason } = CLOSE_CODES[name];
  socket.close(code, reason);
  return cut;
}

/** A browser sees why only when the handshake itself succeeds. */
export function openAndClose(
  name: CloseCodeName,
  takePlace: () => SocketPlace,
  metrics: SocketMetrics,
  protocol?: string,
): HandshakeAnswer {
  return {
    outcome: 'accepted',
    ...(protocol !== undefined && { protocol }),
    open(socket) {
      metrics.closed(name);
      const place = takePlace();
      const cut = closeSocket(socket, name);
      return {
        message() {},
        flooded: () => socket.terminate(),
        closed() {
          clearTimeout(cut);
          place.leave();
        },
      };
    },
  };
}
