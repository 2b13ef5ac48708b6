import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import { AddressUnavailable, type Handshake, type ListenPublicly } from '../public-server.ts';
import { FRAME_BYTES_HARD_LIMIT, HANDSHAKE_HEADERS } from '../socket-limits.ts';
import { Heartbeat } from './heartbeat.ts';
import { exchangeHttp, plainHeaders } from './http-exchange.ts';
import { WsConnection } from './ws-connection.ts';

/** HTTP and WebSocket on one port by what runs on every platform: Node's own server and the `ws` package. */
export const listenOnNodeWs: ListenPublicly = async (options) => {
  const server = createServer((request, response) => exchangeHttp(request, response, options.handleHttp));
  const protocols = new WeakMap<IncomingMessage, string>();
  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: FRAME_BYTES_HARD_LIMIT,
    handleProtocols: (_offered, request) => protocols.get(request) ?? false,
  });
  const heartbeat = new Heartbeat(options.idleTimeoutS);
  server.on('upgrade', (request, stream, head) => {
    const answer = options.answerHandshake(handshakeOf(request));
    if (answer.outcome === 'refused') return refuse(stream, answer.status);
    if (answer.protocol !== undefined) protocols.set(request, answer.protocol);
    sockets.handleUpgrade(request, stream, head, (socket) => {
      heartbeat.watch(socket);
      new WsConnection(socket, stream, answer.open);
    });
  });
  const port = await listen(server, options.host, options.port).catch((error) => {
    heartbeat.stop();
    throw error;
  });
  const closed = once(server, 'close');
  const stopListening = () => {
    if (server.listening) server.close();
  };
  return {
    port,
    stopListening,
    async close() {
      stopListening();
      heartbeat.stop();
      for (const socket of sockets.clients) socket.terminate();
      server.closeAllConnections();
      await closed;
    },
  };
};

function handshakeOf(request: IncomingMessage): Handshake {
  const [path = '', ...query] = (request.url ?? '').split('?');
  const headers = plainHeaders(request);
  return {
    path,
    query: query.join('?'),
    headers: Object.fromEntries(
      HANDSHAKE_HEADERS.flatMap((name) => (headers[name] ? [[name, headers[name]]] : [])),
    ),
    remoteAddress: request.socket.remoteAddress ?? '',
  };
}

function refuse(stream: Duplex, status: number): void {
  stream.on('error', () => stream.destroy());
  stream.end(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}

function listen(server: Server, host: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (cause) =>
      reject(new AddressUnavailable(`${host}:${port} cannot be listened on: ${cause.message}`, { cause })),
    );
    server.listen(port, host, () => {
      const address = server.address();
      resolve(address !== null && typeof address === 'object' ? address.port : port);
    });
  });
}
