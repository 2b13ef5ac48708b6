import { loadUWebSockets } from '../../gateway/public-server/uwebsockets/load-uwebsockets.ts';
import { runLoop } from '../processes/run-loop.ts';
import { createPipeline } from './pipeline.ts';
import { openStore } from './store.ts';
import { type Tab, Tabs } from './tabs.ts';

/*
 * The least code that does the durable job: one process, no accounts, no rules. The ceiling that Rally is compared with.
 */

const MAX_FRAME_BYTES = 16 * 1024;
const IDLE_TIMEOUT_S = 120;

await runLoop(async (databaseUrl) => {
  const library = loadUWebSockets();
  if (!library) throw new Error('no uWebSockets runs here, so there is no limit to measure');
  const tabs = new Tabs();
  const store = await openStore(databaseUrl);
  const received = createPipeline(store, tabs);
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
      if (listening) resolve({ port: library.us_socket_local_port(listening), close: store.close });
      else reject(new Error('cannot listen on loopback'));
    });
  });
});
