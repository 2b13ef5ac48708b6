import { CLOSE_CODES, type CloseCodeName } from '../../protocol/close-codes.ts';
import type { HandshakeAnswer, SocketHandlers } from '../public-server/public-server.ts';
import type { SocketMetrics } from './socket-metrics.ts';

const DEAF: SocketHandlers = Object.freeze({ message() {}, closed() {} });

/** A browser sees why only when the handshake itself succeeds. */
export function openAndClose(
  name: CloseCodeName,
  metrics: SocketMetrics,
  protocol?: string,
): HandshakeAnswer {
  return {
    outcome: 'accepted',
    ...(protocol !== undefined && { protocol }),
    open(socket) {
      metrics.closed(name);
      const { code, reason } = CLOSE_CODES[name];
      socket.close(code, reason);
      return DEAF;
    },
  };
}
