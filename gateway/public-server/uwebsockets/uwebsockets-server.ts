import { setTimeout as wait } from 'node:timers/promises';
import { AddressUnavailable, type ListenPublicly } from '../public-server.ts';
import { FRAME_BYTES_HARD_LIMIT } from '../socket-limits.ts';
import { answerUpgrade } from './answer-upgrade.ts';
import { exchangeHttp } from './http-exchange.ts';
import type { UWebSockets, UwsApp, UwsListenSocket } from './uwebsockets-api.ts';
import type { UserData } from './uws-connection.ts';

/** What was said last, close frames too, is on its way for so long before connections are cut. */
const LAST_WORDS_MS = 100;

/** HTTP and WebSocket on one port by uWebSockets. Compression is off: it would cost memory for every socket. */
export function listenOnUWebSockets(library: UWebSockets): ListenPublicly {
  return async ({ host, port, idleTimeoutS, handleHttp, answerHandshake }) => {
    const app = library
      .App()
      .ws<UserData>('/*', {
        maxPayloadLength: FRAME_BYTES_HARD_LIMIT,
        maxBackpressure: 0,
        idleTimeout: idleTimeoutS,
        sendPingsAutomatically: true,
        upgrade: (response, request, context) => answerUpgrade(response, request, context, answerHandshake),
        open: (socket) => socket.getUserData().connection.opened(socket),
        message: (socket, message, isBinary) => socket.getUserData().connection.received(message, isBinary),
        drain: (socket) => socket.getUserData().connection.drained(),
        close: (socket) => socket.getUserData().connection.ended(),
      })
      .any('/*', (response, request) => exchangeHttp(response, request, handleHttp));
    let listening: UwsListenSocket | null = await listen(library, app, host, port);
    const stopListening = () => {
      if (listening) library.us_listen_socket_close(listening);
      listening = null;
    };
    return {
      port: library.us_socket_local_port(listening),
      stopListening,
      async close() {
        stopListening();
        await wait(LAST_WORDS_MS);
        app.close();
      },
    };
  };
}

function listen(library: UWebSockets, app: UwsApp, host: string, port: number): Promise<UwsListenSocket> {
  return new Promise((resolve, reject) => {
    app.listen(host, port, library.LIBUS_LISTEN_EXCLUSIVE_PORT, (socket) => {
      if (socket) resolve(socket);
      else reject(new AddressUnavailable(`${host}:${port} cannot be listened on; is it taken?`));
    });
  });
}
