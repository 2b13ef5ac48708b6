import { describe, expect, it } from 'vitest';
import type { EncodeText, ListenPublicly } from '../../../gateway/public-server/public-server.ts';
import { clientFrame, OPCODES, openRawSocket } from './raw-client.ts';
import { connect, serveSockets } from './test-server.ts';

export function describeEncoded(listen: ListenPublicly, encodeText: EncodeText): void {
  describe('encoded texts', () => {
    it.each([0, 1, 125, 126, 65_535, 65_536, 200_000])('of %i bytes arrive as they were', async (bytes) => {
      const { url, sockets } = await serveSockets(listen);
      const { opened, frames } = connect(url);
      await opened;
      sockets[0]?.socket.sendEncoded([encodeText('x'.repeat(bytes))]);
      await expect.poll(() => frames).toEqual(['x'.repeat(bytes)]);
    });

    it('arrive in order among others, one or more in a buffer, the same ones at any number of sockets', async () => {
      const { url, sockets } = await serveSockets(listen);
      const clients = [connect(url), connect(url)];
      await Promise.all(clients.map(({ opened }) => opened));
      const encoded = [Buffer.concat([encodeText('größer ☃'), encodeText('')]), encodeText('😀')];
      for (const { socket } of sockets) {
        socket.send('one');
        socket.sendEncoded(encoded);
        socket.sendAll(['two', 'three']);
        socket.sendEncoded([]);
        socket.sendEncoded([encodeText('four')]);
        socket.send('five');
      }
      const story = ['one', 'größer ☃', '', '😀', 'two', 'three', 'four', 'five'];
      for (const { frames } of clients) await expect.poll(() => frames).toEqual(story);
    });

    it('to a client that does not read are counted as unsent, and arrive when it reads again', async () => {
      const { url, sockets } = await serveSockets(listen);
      const { socket, opened, frames } = connect(url);
      await opened;
      socket.pause();
      const seen = sockets[0];
      const encoded = [encodeText('x'.repeat(100_000))];
      for (let index = 0; index < 200; index += 1) seen?.socket.sendEncoded(encoded);
      seen?.socket.send('last');
      await expect.poll(() => seen?.socket.unsentBytes()).toBeGreaterThan(1024 * 1024);
      socket.resume();
      await expect.poll(() => frames.at(-1)).toBe('last');
      expect(frames).toHaveLength(201);
      expect(seen?.socket.unsentBytes()).toBe(0);
    });

    it('do not follow the end that the server has made', async () => {
      const { url, sockets } = await serveSockets(listen);
      const client = connect(url);
      await client.opened;
      const seen = sockets[0];
      seen?.socket.close(3001, 'over');
      seen?.socket.sendEncoded([encodeText('too late')]);
      expect(await client.ended).toEqual({ code: 3001, reason: 'over' });
      expect(client.frames).toEqual([]);
      await expect.poll(() => seen?.closed).toBe(1);
      seen?.socket.sendEncoded([encodeText('too late')]);
    });

    it('do not follow the answer to the end that the client has made, while that has not left yet', async () => {
      const { server, sockets } = await serveSockets(listen);
      const client = await openRawSocket(server.port);
      client.socket.pause();
      const seen = sockets[0];
      for (let index = 0; index < 200; index += 1)
        seen?.socket.sendEncoded([encodeText('x'.repeat(100_000))]);
      client.send(Buffer.concat([clientFrame(OPCODES.text, 'bye'), clientFrame(OPCODES.close, '\x03\xe8')]));
      await expect.poll(() => seen?.messages).toEqual(['bye']);
      await new Promise((resolve) => setImmediate(resolve));
      seen?.socket.sendEncoded([encodeText('too late')]);
      client.socket.resume();
      await client.ended;
      expect(client.frames().endsWith('x\x88\x02\x03\xe8')).toBe(true);
    });
  });
}
