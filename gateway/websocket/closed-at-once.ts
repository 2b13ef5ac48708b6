import { CLOSE_CODES, type CloseCodeName } from '../../protocol/close-codes.ts';
import type { HandshakeAnswer } from '../public-server/public-server.ts';
import type { SocketMetrics } from './socket-metrics.ts';
import type { SocketPlace } from './socket-places.ts';

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
      const { code, reason } = CLOSE_CODES[name];
      const place = takePlace();
      socket.close(code, reason);
      return { message() {}, flooded() {}, closed: () => place.leave() };
    },
  };
}
