import { once } from 'node:events';
import { connect, type NetConnectOpts, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { expect, onTestFinished } from 'vitest';

/** A client that sends whatever bytes it is given. Text is Latin-1: one byte for each character. */
export interface RawClient {
  readonly socket: Socket;
  /** Resolves once the server has ended the connection, whichever way. */
  readonly ended: Promise<unknown>;
  send(bytes: string | Buffer): void;
  /** So that each piece comes to the server in a read of its own. */
  sendInPieces(bytes: string, pieces: number): Promise<void>;
  received(): string;
  /** Of the answers so far, in order, without `100`. */
  statuses(): number[];
}

export async function connectRaw(port: number, options: Partial<NetConnectOpts> = {}): Promise<RawClient> {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true, ...options });
  onTestFinished(() => void socket.destroy());
  let received = '';
  socket.on('data', (chunk) => {
    received += chunk.toString('latin1');
  });
  const ended = new Promise((resolve) =>
    socket.once('end', resolve).once('error', resolve).once('close', resolve),
  );
  await once(socket, 'connect');
  const send = (bytes: string | Buffer) => void socket.write(bytes, 'latin1');
  return {
    socket,
    ended,
    send,
    async sendInPieces(bytes, pieces) {
      const length = Math.ceil(bytes.length / pieces);
      for (let from = 0; from < bytes.length; from += length) {
        send(bytes.slice(from, from + length));
        await delay(10);
      }
    },
    received: () => received,
    statuses: () =>
      [...received.matchAll(/HTTP\/1\.[01] (\d{3}) /g)]
        .map(([, status]) => Number(status))
        .filter((status) => status >= 200),
  };
}

export const HANDSHAKE =
  'GET /ws/events HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n' +
  'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n';

/** A WebSocket whose client sends frames as bytes. */
export async function openRawSocket(port: number) {
  const client = await connectRaw(port);
  client.send(HANDSHAKE);
  await expect.poll(client.received).toMatch(/^HTTP\/1.1 101 .*\r\n\r\n/s);
  const frames = () => client.received().replace(/^.*?\r\n\r\n/s, '');
  return {
    ...client,
    frames,
    /** Of the first frame, when that is a close frame; null while there is none. */
    closeCode: (): number | null =>
      frames().startsWith('\x88') ? Buffer.from(frames(), 'latin1').readUInt16BE(2) : null,
  };
}

export const OPCODES = { more: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 } as const;

/** A frame as a client sends it: masked (with zeros), whole, unless said otherwise. */
export function clientFrame(
  opcode: number,
  payload: string | Buffer = '',
  { fin = true, masked = true, reserved = 0, length = Buffer.byteLength(payload, 'latin1') } = {},
): Buffer {
  const head = Buffer.alloc(length < 126 ? 2 : length < 65_536 ? 4 : 10);
  head[0] = (fin ? 0x80 : 0) | reserved | opcode;
  head[1] = (masked ? 0x80 : 0) | (length < 126 ? length : length < 65_536 ? 126 : 127);
  if (head.length === 4) head.writeUInt16BE(length, 2);
  if (head.length === 10) head.writeBigUInt64BE(BigInt(length), 2);
  return Buffer.concat([
    head,
    Buffer.alloc(masked ? 4 : 0),
    Buffer.from(payload.toString('latin1'), 'latin1'),
  ]);
}
