import { describe, expect, it } from 'vitest';
import type { ListenPublicly } from '../../../gateway/public-server/public-server.ts';
import { clientFrame, OPCODES, openRawSocket } from './raw-client.ts';
import { connect, serveSockets } from './test-server.ts';

const { more, text, close, ping } = OPCODES;
const begun = clientFrame(text, 'a', { fin: false });

const BROKEN: readonly (readonly [code: number, name: string, bytes: Buffer])[] = [
  [1002, 'a frame without a mask', clientFrame(text, 'a', { masked: false })],
  [1002, 'a ping without a mask', clientFrame(ping, '', { masked: false })],
  [1002, 'a reserved bit', clientFrame(text, 'a', { reserved: 0x40 })],
  [1002, 'a reserved data opcode', clientFrame(3, 'a')],
  [1002, 'a reserved control opcode', clientFrame(11, 'a')],
  [1002, 'a ping in pieces', clientFrame(ping, 'a', { fin: false })],
  [1002, 'a ping of 126 bytes', clientFrame(ping, 'a'.repeat(126))],
  [1002, 'a piece of nothing', clientFrame(more, 'a')],
  [1002, 'a message within another', Buffer.concat([begun, clientFrame(text, 'b')])],
  [1002, 'a close frame of one byte', clientFrame(close, 'a')],
  [1002, 'a close code that is none', clientFrame(close, '\x03\xed')],
  [1007, 'text that is no UTF-8', clientFrame(text, '\xff\xfe')],
  [1007, 'text in pieces that is no UTF-8', Buffer.concat([begun, clientFrame(more, '\xc3')])],
  [1007, 'a surrogate in UTF-8', clientFrame(text, '\xed\xa0\x80')],
  [1009, 'a frame of more than 1 MiB', clientFrame(text, '', { length: 1024 * 1024 + 1 })],
  [1009, 'a frame of terabytes', clientFrame(text, '', { length: 2 ** 45 })],
  [1009, 'pieces of more than 1 MiB', Buffer.concat([begun, clientFrame(more, 'a'.repeat(1024 * 1024))])],
  [1008, 'empty pieces without end', Buffer.concat([begun, ...empties(10_000)])],
  [
    1008,
    'pieces without end of one byte',
    Buffer.concat(
      Array.from({ length: 10_000 }, (_, index) =>
        clientFrame(index === 0 ? text : more, 'a', { fin: false }),
      ),
    ),
  ],
];

function empties(count: number): Buffer[] {
  return Array.from({ length: count }, () => clientFrame(more, '', { fin: false }));
}

export function describeBrokenFrames(listen: ListenPublicly): void {
  describe('what breaks WebSocket', () => {
    it.each(BROKEN)('ends with %i: %s', async (code, _, bytes) => {
      const { server, url, sockets } = await serveSockets(listen);
      const client = await openRawSocket(server.port);
      client.send(bytes);
      await expect.poll(client.closeCode).toBe(code);
      client.send(clientFrame(text, 'more'));
      client.socket.end();
      await expect.poll(() => sockets[0]?.closed).toBe(1);
      expect(sockets[0]?.messages).toEqual([]);
      const other = connect(url);
      await other.opened;
      other.socket.send('others go on');
      await expect.poll(() => sockets[1]?.messages).toEqual(['others go on']);
    });

    it('leaves a message in 64 pieces, with a ping between them, as it is', async () => {
      const { server, sockets } = await serveSockets(listen);
      const client = await openRawSocket(server.port);
      client.send(
        Buffer.concat([
          begun,
          ...empties(31),
          clientFrame(ping, 'x'),
          ...empties(31),
          clientFrame(more, 'b'),
        ]),
      );
      await expect.poll(() => sockets[0]?.messages).toEqual(['ab']);
      expect(client.frames()).toBe('\x8a\x01x');
    });

    it('lets go of a client that sends on and never answers the close frame', async () => {
      const { server, sockets } = await serveSockets(listen);
      const client = await openRawSocket(server.port);
      client.send(clientFrame(text, 'a', { masked: false }));
      const flood = setInterval(() => client.send(clientFrame(text, 'a')), 50);
      await expect.poll(() => sockets[0]?.closed).toBe(1);
      clearInterval(flood);
      expect(sockets[0]?.messages).toEqual([]);
    });
  });
}
