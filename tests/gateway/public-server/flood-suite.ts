import { describe, expect, it } from 'vitest';
import type { ListenPublicly } from '../../../gateway/public-server/public-server.ts';
import { clientFrame, OPCODES, openRawSocket } from './raw-client.ts';
import { serveSockets } from './test-server.ts';

const { ping, pong } = OPCODES;
const PINGS = Buffer.concat(Array.from({ length: 500 }, () => clientFrame(ping, 'x'.repeat(125))));

export function describeFloods(listen: ListenPublicly): void {
  describe('a flood of control frames', () => {
    it.each([
      ['pings', ping],
      ['pongs', pong],
    ])('of %s is told of, one frame beyond the limit', async (_, opcode) => {
      const { server, sockets } = await serveSockets(listen, undefined, { controlFramesPerS: 50 });
      const client = await openRawSocket(server.port);
      const frame = clientFrame(opcode, 'x');
      client.send(Buffer.concat(Array.from({ length: 50 }, () => frame)));
      client.send(clientFrame(OPCODES.text, 'all taken'));
      await expect.poll(() => sockets[0]?.messages).toEqual(['all taken']);
      expect(sockets[0]?.floods).toBe(0);
      client.send(frame);
      await expect.poll(() => sockets[0]?.floods).toBe(1);
    });

    it('is told of no more, and not answered, once the socket closes', async () => {
      const { server, sockets } = await serveSockets(listen, (socket) => socket.close(3029, 'flood'), {
        controlFramesPerS: 1,
      });
      const client = await openRawSocket(server.port);
      client.send(PINGS);
      await expect.poll(client.closeCode).toBe(3029);
      client.send(clientFrame(OPCODES.close, '\x0b\xd5'));
      await client.ended;
      expect(sockets[0]?.floods).toBe(0);
      expect(client.frames()).toBe('\x88\x07\x0b\xd5flood');
    });

    it('from a client that does not read takes no memory, and its connection ends', async () => {
      const { server, sockets } = await serveSockets(listen, undefined, { controlFramesPerS: 100 });
      const client = await openRawSocket(server.port);
      client.socket.pause();
      const answer = 127;
      let most = 0;
      const flood = setInterval(() => {
        if (client.socket.writableLength === 0) client.send(PINGS);
        most = Math.max(most, sockets[0]?.socket.unsentBytes() ?? 0);
      });
      await expect.poll(() => sockets[0]?.closed).toBe(1);
      clearInterval(flood);
      expect(most).toBeLessThanOrEqual(101 * answer);
    });
  });
}
