import { describe, expect, it } from 'vitest';
import type { ListenPublicly, Socket } from '../../../gateway/public-server/public-server.ts';
import { connect, serveSockets } from './test-server.ts';

const BIG = 'x'.repeat(100_000);

function overfill(socket: Socket | undefined): void {
  for (let index = 0; index < 200; index += 1) socket?.send(BIG);
}

export function describeSocketEnds(listen: ListenPublicly): void {
  describe('the end of a socket', () => {
    it.each([3000, 3001, 3002, 3008, 3029, 3100, 4000])('with code %i reaches the client', async (code) => {
      const { url, sockets } = await serveSockets(listen);
      const client = connect(url);
      await client.opened;
      sockets[0]?.socket.close(code, 'because');
      expect(await client.ended).toEqual({ code, reason: 'because' });
      await expect.poll(() => sockets[0]?.closed).toBe(1);
    });

    it('reaches the client also when it comes as the socket opens', async () => {
      const { url, sockets } = await serveSockets(listen, (socket) => socket.close(3002, 'nobody'));
      const client = connect(url);
      await client.opened;
      expect(await client.ended).toEqual({ code: 3002, reason: 'nobody' });
      await expect.poll(() => sockets[0]?.closed).toBe(1);
    });

    it('comes after what was queued; the first call counts; nothing follows it', async () => {
      const { url, sockets } = await serveSockets(listen);
      const client = connect(url);
      await client.opened;
      const seen = sockets[0];
      client.socket.pause();
      overfill(seen?.socket);
      seen?.socket.close(3100, 'first');
      seen?.socket.close(3000, 'second');
      seen?.socket.send('too late');
      seen?.socket.sendAll(['too late']);
      client.socket.resume();
      expect(await client.ended).toEqual({ code: 3100, reason: 'first' });
      expect(client.frames.length).toBe(200);
      await expect.poll(() => seen?.closed).toBe(1);
    });

    it('silences messages that arrive after close', async () => {
      const { url, sockets } = await serveSockets(listen);
      const client = connect(url);
      await client.opened;
      const seen = sockets[0];
      client.socket.send('before');
      await expect.poll(() => seen?.messages).toEqual(['before']);
      client.socket.pause();
      overfill(seen?.socket);
      seen?.socket.close(3008, 'slow');
      client.socket.send('after');
      client.socket.resume();
      await client.ended;
      expect(seen?.messages).toEqual(['before']);
    });

    it('comes without a word for a client that does not read', async () => {
      const { url, sockets } = await serveSockets(listen);
      const client = connect(url);
      await client.opened;
      client.socket.pause();
      const seen = sockets[0];
      overfill(seen?.socket);
      seen?.socket.close(3008, 'slow');
      expect(seen?.closed).toBe(0);
      seen?.socket.terminate();
      await expect.poll(() => seen?.closed).toBe(1);
      client.socket.resume();
      expect((await client.ended).code).toBe(1006);
      seen?.socket.terminate();
      seen?.socket.close(3000, 'late');
      seen?.socket.send('late');
      expect(seen?.socket.unsentBytes()).toBe(0);
      expect(seen?.closed).toBe(1);
    });

    it.each(['politely', 'rudely'])('by the client, %s, is told once', async (manner) => {
      const { url, sockets } = await serveSockets(listen);
      const client = connect(url);
      await client.opened;
      if (manner === 'politely') client.socket.close(1000);
      else client.socket.terminate();
      await expect.poll(() => sockets[0]?.closed).toBe(1);
      sockets[0]?.socket.send('too late');
      sockets[0]?.socket.close(3000, 'too late');
      sockets[0]?.socket.terminate();
      expect(sockets[0]?.closed).toBe(1);
    });
  });
}
