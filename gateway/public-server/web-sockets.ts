import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import { Heartbeat } from './heartbeat.ts';
import { refuse } from './http-connection.ts';
import type { Handshake, PublicServerOptions } from './public-server.ts';
import { PublicSocket } from './public-socket.ts';
import { declaresBody, refusalOf, targetOf } from './request-head.ts';

const LIMITS = {
  /**
   * Bytes; a larger frame closes its socket with 1009. Far above what the protocol allows, so that a frame that is
   * merely too large is judged by the protocol.
   */
  maxPayload: 1024 * 1024,
  /** More pieces in one message close its socket with 1008: the protocol's largest message, in pieces of 256 bytes. */
  maxFragments: 64,
  /** The same for the reads that a message comes in, each of which is kept until the message is whole. */
  maxBufferedChunks: 4096,
  /** A client that does not answer a close frame is cut after so many milliseconds. */
  closeTimeout: 5000,
};

/** The headers that a handshake is judged by. */
const HANDSHAKE_HEADERS = [
  'origin',
  'cookie',
  'authorization',
  'sec-websocket-protocol',
  'x-forwarded-for',
] as const;

export interface WebSockets {
  /** Makes a WebSocket of the connection, or refuses, or lets HTTP go on when something else was asked for. */
  upgrade(request: IncomingMessage, stream: Duplex, head: Buffer): void;
  /** Lets go of all at once. */
  stop(): void;
}

/** Compression is off: it would cost memory for every socket. */
export function createWebSockets(server: Server, options: PublicServerOptions): WebSockets {
  const protocols = new WeakMap<IncomingMessage, string>();
  // Who pings faster than that is told of as a flood; who has more answers waiting does not read them.
  const limits = { ...LIMITS, maxPendingAutoPongs: options.controlFramesPerS + 1 };
  const sockets = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    ...limits,
    handleProtocols: (_offered, request) => protocols.get(request) ?? false,
  });
  const heartbeat = new Heartbeat(options.idleTimeoutS);
  return {
    upgrade(request, stream, head) {
      if (request.method !== 'GET' || request.headers.upgrade?.toLowerCase() !== 'websocket')
        return ignoreUpgrade(server, request, stream, head);
      const refusal = refusalOf(request) ?? (declaresBody(request) ? 400 : null);
      if (refusal !== null) return refuse(stream, refusal);
      const answer = options.answerHandshake(handshakeOf(request));
      if (answer.outcome === 'refused') return refuse(stream, answer.status);
      if (answer.protocol !== undefined) protocols.set(request, answer.protocol);
      sockets.handleUpgrade(request, stream, head, (socket) => {
        heartbeat.watch(new PublicSocket(socket, stream, answer.open, options.controlFramesPerS));
      });
    },
    stop: () => heartbeat.stop(),
  };
}

function handshakeOf(request: IncomingMessage): Handshake {
  const { url, headers } = targetOf(request);
  const [path = '', ...query] = url.split('?');
  return {
    path,
    query: query.join('?'),
    headers: Object.fromEntries(
      HANDSHAKE_HEADERS.flatMap((name) => (headers[name] ? [[name, headers[name]]] : [])),
    ),
    remoteAddress: request.socket.remoteAddress ?? '',
  };
}

/**
 * A client may offer to go on in HTTP/2 (`h2c`) or whatever else it likes; a server that does not want to answers as if
 * it had not. Node's has let go of the connection by then, so it gets the request once more, without the offer.
 */
function ignoreUpgrade(server: Server, request: IncomingMessage, stream: Duplex, head: Buffer): void {
  const lines = [`${request.method} ${request.url} HTTP/${request.httpVersion}`];
  const { rawHeaders } = request;
  for (let index = 0; index < rawHeaders.length; index += 2)
    if (rawHeaders[index]?.toLowerCase() !== 'upgrade')
      lines.push(`${rawHeaders[index]}: ${rawHeaders[index + 1]}`);
  stream.unshift(Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1'), head]));
  server.emit('connection', stream);
}
