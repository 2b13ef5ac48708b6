import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { HttpConnection, refuse } from './http-connection.ts';
import { exchangeHttp } from './http-exchange.ts';
import { AddressUnavailable, type ListenPublicly, type PublicServerOptions } from './public-server.ts';
import { createWebSockets } from './web-sockets.ts';

/** Of a request's first line and headers together. */
const HEAD_BYTES_LIMIT = 16 * 1024;

/** Longer than proxies keep a connection that they may use again: the one who uses it should be the one who ends it. */
const KEEP_ALIVE_MS = 65_000;

/** So often requests that take too long to arrive are looked for. */
const LATE_REQUESTS_INTERVAL_MS = 1000;

/**
 * Connections that wait to be accepted, as far as the system allows as many. When everybody comes back at once, a busy process takes some of a second's
 * worth together; those beyond would have to knock again a second later, or be reset.
 */
const BACKLOG = 4096;

/** When there is no place left, who has asked for nothing for so long loses theirs; looked at as often. */
const SILENCE_MS = 1000;

/** HTTP and WebSocket on one port by Node's own server and the `ws` package. */
export const listenPublicly: ListenPublicly = async (options) => {
  const server = createHttpServer(options);
  const webSockets = createWebSockets(server, options);
  const connections = new WeakMap<Duplex, HttpConnection>();
  /** And when they came. */
  const open = new Map<Duplex, number>();
  const connectionOf = (stream: Duplex): HttpConnection => {
    const connection = connections.get(stream) ?? new HttpConnection(stream);
    connections.set(stream, connection);
    return connection;
  };
  const exchange = (request: IncomingMessage, response: ServerResponse) => {
    const connection = connectionOf(request.socket);
    connection.inTurn(() =>
      exchangeHttp({
        request,
        response,
        connection,
        handleHttp: options.handleHttp,
        isEnding: () => !server.listening,
      }),
    );
  };
  server.on('connection', (stream) => {
    if (open.has(stream)) return;
    open.set(stream, performance.now());
    stream.once('close', () => open.delete(stream));
    // Between HTTP and WebSocket nobody else listens, and an error that nobody hears is fatal.
    stream.on('error', () => stream.destroy());
  });
  server.on('request', exchange).on('checkContinue', exchange);
  server.on('upgrade', (request, stream, head) =>
    connectionOf(stream).inTurn(() => webSockets.upgrade(request, stream, head)),
  );
  server.on('connect', (_request, stream) => connectionOf(stream).inTurn(() => refuse(stream, 405)));
  server.on('clientError', (error, stream) => connectionOf(stream).break(statusOf(error)));
  let lastLook = 0;
  server.on('drop', () => {
    options.connections.refused();
    const now = performance.now();
    if (now - lastLook < SILENCE_MS) return;
    lastLook = now;
    for (const [stream, since] of open)
      if (now - since > SILENCE_MS && !connections.has(stream)) stream.destroy();
  });
  const port = await listen(server, options.host, options.port).catch((error) => {
    webSockets.stop();
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
      webSockets.stop();
      for (const stream of open.keys()) stream.destroy();
      await closed;
    },
  };
};

function createHttpServer({ requestTimeoutS, idleTimeoutS, connections }: PublicServerOptions): Server {
  const server = createServer({
    joinDuplicateHeaders: true,
    // Looked at with the rest of the head: what Node refuses by itself, it goes on after.
    requireHostHeader: false,
    maxHeaderSize: HEAD_BYTES_LIMIT,
    headersTimeout: requestTimeoutS * 1000,
    requestTimeout: requestTimeoutS * 1000,
    connectionsCheckingInterval: LATE_REQUESTS_INTERVAL_MS,
    keepAliveTimeout: KEEP_ALIVE_MS,
  });
  server.timeout = idleTimeoutS * 1000;
  // The bytes of a head are bounded; beyond a number of lines, Node would leave out the rest without a word.
  server.maxHeadersCount = 0;
  server.maxConnections = connections.limit;
  return server;
}

/** How what Node's parser does not take is answered. */
const STATUS_BY_ERROR: Readonly<Record<string, number>> = {
  HPE_HEADER_OVERFLOW: 431,
  HPE_CHUNK_EXTENSIONS_OVERFLOW: 413,
  ERR_HTTP_REQUEST_TIMEOUT: 408,
};

const statusOf = (error: NodeJS.ErrnoException): number => STATUS_BY_ERROR[error.code ?? ''] ?? 400;

function listen(server: Server, host: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (cause) =>
      reject(new AddressUnavailable(`${host}:${port} cannot be listened on: ${cause.message}`, { cause })),
    );
    server.listen({ port, host, backlog: BACKLOG }, () => {
      const address = server.address();
      resolve(address !== null && typeof address === 'object' ? address.port : port);
    });
  });
}
