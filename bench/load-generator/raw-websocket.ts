import { randomBytes } from 'node:crypto';
import { connect, type Socket } from 'node:net';
import { FrameReader, pongFrame, textFrame } from './websocket-frames.ts';

/** Shared by all sockets: each read is used up before the next one starts. */
const readBuffer = Buffer.allocUnsafeSlow(64 * 1024);

export interface RawWebSocketHandlers {
  readonly text: (payload: string, socket: RawWebSocket) => void;
  /** The connection ended, whoever ended it; `reason` is for people. */
  readonly closed: (reason: string) => void;
}

export interface RawWebSocket {
  send(payload: string): void;
  end(): void;
}

/**
 * The cheapest client that is still a WebSocket, since the generator shares the processor with what it measures.
 * Resolves when the handshake is done. `address` as in `http://127.0.0.1:8080`.
 */
export function openRawWebSocket(
  address: string,
  path: string,
  headers: Readonly<Record<string, string>>,
  handlers: RawWebSocketHandlers,
): Promise<RawWebSocket> {
  const { hostname, port, host } = new URL(address);
  return new Promise((resolve, reject) => {
    const frames = new FrameReader();
    let handshake: string | null = '';
    const socket: Socket = connect({
      host: hostname,
      port: Number(port),
      noDelay: true,
      onread: {
        buffer: readBuffer,
        callback: (length) => {
          let chunk = readBuffer.subarray(0, length);
          if (handshake !== null) {
            handshake += chunk.toString('latin1');
            const end = handshake.indexOf('\r\n\r\n');
            if (end < 0) return true;
            if (!handshake.startsWith('HTTP/1.1 101')) {
              reject(new Error(`no WebSocket: ${handshake.split('\r\n', 1)[0]}`));
              socket.destroy();
              return false;
            }
            chunk = Buffer.from(handshake.slice(end + 4), 'latin1');
            handshake = null;
            resolve(client);
          }
          frames.read(chunk, (frame) => {
            if (frame.kind === 'text') handlers.text(frame.payload, client);
            else if (frame.kind === 'ping') socket.write(pongFrame(frame.payload));
            else handlers.closed(`close code ${frame.code}`);
          });
          return true;
        },
      },
    });
    const client: RawWebSocket = {
      send: (payload) => void socket.write(textFrame(payload)),
      end: () => socket.destroy(),
    };
    socket.once('connect', () => {
      const lines = Object.entries({
        host,
        upgrade: 'websocket',
        connection: 'Upgrade',
        'sec-websocket-key': randomBytes(16).toString('base64'),
        'sec-websocket-version': '13',
        ...headers,
      }).map(([name, value]) => `${name}: ${value}\r\n`);
      socket.write(`GET ${path} HTTP/1.1\r\n${lines.join('')}\r\n`);
    });
    socket.once('error', (error) => {
      reject(error);
      handlers.closed(error.message);
    });
    socket.once('close', () => {
      reject(new Error('the connection ended before the handshake'));
      handlers.closed('connection ended');
    });
  });
}
