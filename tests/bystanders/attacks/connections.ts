import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import type { Target } from './attack.ts';

/** Attackers are not at the bystanders' address: a limit for each address is not what bystanders meet. */
const ATTACKERS_ADDRESS = process.platform === 'linux' ? { localAddress: '127.0.0.2' } : {};

/** A bare connection to the gateway whose turn it is. It may end at any time: that is no error. */
export function open({ addresses }: Target, turn = 0): Socket {
  const { hostname, port } = new URL(addresses[turn % addresses.length] ?? '');
  return connect({ host: hostname, port: Number(port), ...ATTACKERS_ADDRESS }).on('error', () => {});
}

/** A tab's socket, as bytes. Resolves when the gateway has answered the handshake, or ended the connection. */
export async function openTab(target: Target, token: string, turn = 0): Promise<Socket> {
  const socket = open(target, turn);
  socket.write(
    `GET /ws/events HTTP/1.1\r\nHost: rally\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n` +
      `Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ${randomBytes(16).toString('base64')}\r\n` +
      `Authorization: Bearer ${token}\r\n\r\n`,
  );
  await Promise.race([once(socket, 'data'), once(socket, 'close')]).catch(() => {});
  return socket.resume();
}

export const TEXT = 0x1;
export const PING = 0x9;

/** A whole frame of a client, whose mask is zero. */
export function frame(opcode: typeof TEXT | typeof PING, payload: string): Buffer {
  const bytes = Buffer.from(payload);
  const mask = Buffer.alloc(4);
  if (bytes.length < 126)
    return Buffer.concat([Buffer.from([0x80 | opcode, 0x80 | bytes.length]), mask, bytes]);
  const head = Buffer.from([0x80 | opcode, 0x80 | 126, 0, 0]);
  head.writeUInt16BE(bytes.length, 2);
  return Buffer.concat([head, mask, bytes]);
}

export const newMessage = (chatId: string, content: string, timestamp: string): Buffer =>
  frame(TEXT, JSON.stringify({ action: 'new_message', data: { chat_id: chatId, content, timestamp } }));
