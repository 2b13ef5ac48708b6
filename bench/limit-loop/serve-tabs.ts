import { loadUWebSockets } from '../../gateway/public-server/uwebsockets/load-uwebsockets.ts';
import type { Tab, TabSocket, Tabs } from './tabs.ts';

const MAX_FRAME_BYTES = 16 * 1024;
const IDLE_TIMEOUT_S = 120;

/** Resolves with the port. `received` gets the frames of all tabs. */
export async function serveTabs(
  tabs: Tabs,
  received: (from: TabSocket, text: string) => void,
): Promise<number> {
  const library = loadUWebSockets();
  if (!library) throw new Error('no uWebSockets runs here, so there is no limit to measure');
  const app = library.App().ws<Tab>('/*', {
    maxPayloadLength: MAX_FRAME_BYTES,
    maxBackpressure: 0,
    idleTimeout: IDLE_TIMEOUT_S,
    sendPingsAutomatically: true,
    upgrade: (response, request, context) => {
      const query = new URLSearchParams(request.getQuery());
      const tab: Tab = { username: query.get('username') ?? '', chatId: query.get('chat_id') ?? '' };
      response.upgrade(tab, request.getHeader('sec-websocket-key'), '', '', context);
    },
    open: (socket) => {
      tabs.opened(socket);
      socket.send('{"action":"welcome","data":{}}');
    },
    message: (socket, message) => received(socket, Buffer.from(message).toString()),
    drain: () => {},
    close: (socket) => tabs.closed(socket),
  });
  return new Promise((resolve, reject) => {
    app.listen('127.0.0.1', 0, library.LIBUS_LISTEN_EXCLUSIVE_PORT, (listening) => {
      if (listening) resolve(library.us_socket_local_port(listening));
      else reject(new Error('cannot listen on loopback'));
    });
  });
}
