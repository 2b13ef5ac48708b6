import { once } from 'node:events';
import { WebSocketServer } from 'ws';
import { TabSocket, type Tabs } from './tabs.ts';

const MAX_FRAME_BYTES = 16 * 1024;

/** Resolves with the port. `received` gets the frames of all tabs. */
export async function serveTabs(
  tabs: Tabs,
  received: (from: TabSocket, text: string) => void,
): Promise<number> {
  const server = new WebSocketServer({
    host: '127.0.0.1',
    port: 0,
    maxPayload: MAX_FRAME_BYTES,
    WebSocket: TabSocket,
  });
  server.on('connection', (socket, request) => {
    const query = new URL(request.url ?? '', 'ws://localhost').searchParams;
    socket.username = query.get('username') ?? '';
    socket.chatId = query.get('chat_id') ?? '';
    tabs.opened(socket);
    socket.on('message', (message) => received(socket, message.toString()));
    socket.on('close', () => tabs.closed(socket));
    socket.send('{"action":"welcome","data":{}}');
  });
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('cannot listen on loopback');
  return address.port;
}
