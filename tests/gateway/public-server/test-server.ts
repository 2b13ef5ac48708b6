import { onTestFinished } from 'vitest';
import WebSocket from 'ws';
import type {
  Handshake,
  HttpRequest,
  HttpResponse,
  ListenPublicly,
  PublicServer,
  PublicServerOptions,
  Socket,
} from '../../../gateway/public-server/public-server.ts';

export const ok = (body: string | Buffer = ''): HttpResponse => ({ status: 200, headers: {}, body });

/** Listens on any free port until the test is over. */
export async function serve(
  listen: ListenPublicly,
  options: Partial<PublicServerOptions> = {},
): Promise<PublicServer> {
  const server = await listen({
    host: '127.0.0.1',
    port: 0,
    idleTimeoutS: 120,
    requestTimeoutS: 15,
    controlFramesPerS: 1000,
    connections: { limit: Number.POSITIVE_INFINITY, refused() {} },
    handleHttp: async () => ok(),
    answerHandshake: () => ({ outcome: 'refused', status: 404 }),
    ...options,
  });
  onTestFinished(() => server.close());
  return server;
}

/** Answers each request by what the function says of it, and keeps the requests. */
export async function serveHttp(
  listen: ListenPublicly,
  answer: (request: HttpRequest) => HttpResponse | Promise<HttpResponse>,
  options: Partial<PublicServerOptions> = {},
) {
  const requests: HttpRequest[] = [];
  const server = await serve(listen, {
    handleHttp: async (request) => {
      requests.push(request);
      return answer(request);
    },
    ...options,
  });
  return { server, url: `http://127.0.0.1:${server.port}`, requests };
}

/** Answers each request with its url, the first none before `release`. */
export async function serveHeld(listen: ListenPublicly, options: Partial<PublicServerOptions> = {}) {
  let release = () => {};
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  const served = await serveHttp(
    listen,
    async ({ url }) => {
      await held;
      return ok(url);
    },
    options,
  );
  return { ...served, release };
}

/** What a server has seen of one socket. */
export class SeenSocket {
  readonly messages: (string | null)[] = [];
  floods = 0;
  closed = 0;
  readonly socket: Socket;

  constructor(socket: Socket) {
    this.socket = socket;
  }
}

/** Accepts every WebSocket; `react` is called as each opens. */
export async function serveSockets(
  listen: ListenPublicly,
  react: (socket: Socket) => void = () => {},
  options: Partial<PublicServerOptions> = {},
) {
  const sockets: SeenSocket[] = [];
  const handshakes: Handshake[] = [];
  const server = await serve(listen, {
    answerHandshake: (handshake) => {
      handshakes.push(handshake);
      return {
        outcome: 'accepted',
        open: (socket) => {
          const seen = new SeenSocket(socket);
          sockets.push(seen);
          react(socket);
          return {
            message: (text) => seen.messages.push(text),
            flooded: () => {
              seen.floods += 1;
            },
            closed: () => {
              seen.closed += 1;
            },
          };
        },
      };
    },
    ...options,
  });
  return { server, url: `ws://127.0.0.1:${server.port}/ws/events`, sockets, handshakes };
}

export type Ended = { readonly code: number; readonly reason: string };

/** A client's socket, its frames and how it ended. */
export function connect(url: string, protocols: string[] = [], options: WebSocket.ClientOptions = {}) {
  const socket = new WebSocket(url, protocols, options);
  const frames: string[] = [];
  socket.on('message', (data) => frames.push(data.toString()));
  const opened = new Promise<void>((resolve, reject) => {
    socket.once('open', resolve);
    socket.once('error', reject);
  });
  opened.catch(() => {});
  socket.on('error', () => {});
  const ended = new Promise<Ended>((resolve) =>
    socket.on('close', (code, reason) => resolve({ code, reason: reason.toString() })),
  );
  onTestFinished(() => socket.terminate());
  return { socket, frames, opened, ended };
}
