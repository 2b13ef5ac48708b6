import { describe, expect, it } from 'vitest';
import type { ListenPublicly } from '../../../gateway/public-server/public-server.ts';
import { connect, serveSockets } from './test-server.ts';

export function describeFrames(listen: ListenPublicly): void {
  describe('frames', () => {
    it('arrive in order, text as it was, binary as null', async () => {
      const { url, sockets } = await serveSockets(listen);
      const { socket, opened } = connect(url);
      await opened;
      const texts = [
        '',
        'plain',
        'größer ☃ 😀',
        ...Array.from({ length: 500 }, (_, index) => `frame ${index}`),
      ];
      for (const text of texts) socket.send(text);
      socket.send(Buffer.from('binary'), { binary: true });
      socket.send('last');
      await expect.poll(() => sockets[0]?.messages.at(-1)).toBe('last');
      expect(sockets[0]?.messages).toEqual([...texts, null, 'last']);
    });

    it('arrive when they are in pieces', async () => {
      const { url, sockets } = await serveSockets(listen);
      const { socket, opened } = connect(url);
      await opened;
      socket.send('one ', { fin: false });
      socket.send('message');
      await expect.poll(() => sockets[0]?.messages).toEqual(['one message']);
    });

    it.each([16 * 1024, 16 * 1024 + 1, 500_000])(
      'of %i bytes arrive: the protocol judges them',
      async (bytes) => {
        const { url, sockets } = await serveSockets(listen);
        const { socket, opened } = connect(url);
        await opened;
        socket.send('x'.repeat(bytes));
        await expect.poll(() => sockets[0]?.messages[0]?.length).toBe(bytes);
      },
    );

    it('beyond the hard limit never arrive: that connection ends, others go on', async () => {
      const { url, sockets } = await serveSockets(listen);
      const [greedy, other] = [connect(url), connect(url)];
      await Promise.all([greedy.opened, other.opened]);
      greedy.socket.send('x'.repeat(1024 * 1024 + 1));
      await greedy.ended;
      other.socket.send('still here');
      await expect.poll(() => sockets.flatMap((seen) => seen.messages)).toEqual(['still here']);
      await expect.poll(() => sockets.map((seen) => seen.closed).sort()).toEqual([0, 1]);
    });

    it('are sent in order, one by one and together', async () => {
      const { url, sockets } = await serveSockets(listen, (socket) => socket.send('hello ☃'));
      const { opened, frames } = connect(url);
      await opened;
      const seen = sockets[0];
      seen?.socket.send('one');
      seen?.socket.sendAll(['two', 'three', '😀']);
      seen?.socket.sendAll([]);
      seen?.socket.send('four');
      await expect.poll(() => frames).toEqual(['hello ☃', 'one', 'two', 'three', '😀', 'four']);
    });

    it('to a client that does not read are kept, counted, and arrive when it reads again', async () => {
      const { url, sockets } = await serveSockets(listen);
      const { socket, opened, frames } = connect(url);
      await opened;
      socket.pause();
      const seen = sockets[0];
      const text = 'x'.repeat(100_000);
      for (let index = 0; index < 200; index += 1) seen?.socket.send(`${index}${text}`);
      await expect.poll(() => seen?.socket.unsentBytes()).toBeGreaterThan(1024 * 1024);
      socket.resume();
      await expect.poll(() => frames.length).toBe(200);
      expect(frames.map((frame) => frame.length - text.length)).toEqual(
        Array.from({ length: 200 }, (_, index) => String(index).length),
      );
      expect(seen?.socket.unsentBytes()).toBe(0);
    });
  });
}
