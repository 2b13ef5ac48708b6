import { describe, expect, it } from 'vitest';
import { AddressUnavailable, type ListenPublicly } from '../../../gateway/public-server/public-server.ts';
import { connect, ok, serve, serveHttp, serveSockets } from './test-server.ts';

export function describeAddress(listen: ListenPublicly): void {
  describe('the address', () => {
    it('with port 0 is a free one, named afterwards', async () => {
      const [one, other] = [await serve(listen), await serve(listen)];
      expect(one.port).toBeGreaterThan(0);
      expect(other.port).not.toBe(one.port);
    });

    it('that is taken is unavailable, and the one who has it keeps it', async () => {
      const { server, url } = await serveHttp(listen, () => ok('first'));
      const second = serve(listen, { port: server.port, handleHttp: async () => ok('second') });
      await expect(second).rejects.toThrow(AddressUnavailable);
      await expect(second).rejects.toThrow(`127.0.0.1:${server.port}`);
      for (let round = 0; round < 10; round += 1) expect(await (await fetch(url)).text()).toBe('first');
    });

    it('of another machine is unavailable', async () => {
      await expect(serve(listen, { host: '192.0.2.1' })).rejects.toThrow(AddressUnavailable);
    });

    it('can be taken again after close', async () => {
      const first = await serve(listen);
      await first.close();
      expect((await serve(listen, { port: first.port })).port).toBe(first.port);
    });

    it('accepts nobody new after stopListening, while open sockets go on', async () => {
      const { server, url, sockets } = await serveSockets(listen);
      const early = connect(url);
      await early.opened;
      server.stopListening();
      server.stopListening();
      await expect(connect(url).opened).rejects.toThrow('ECONNREFUSED');
      early.socket.send('still here');
      await expect.poll(() => sockets[0]?.messages).toEqual(['still here']);
      sockets[0]?.socket.send('so are we');
      await expect.poll(() => early.frames).toEqual(['so are we']);
    });

    it('lets go of open sockets on close', async () => {
      const { server, url, sockets } = await serveSockets(listen);
      const client = connect(url);
      await client.opened;
      await server.close();
      expect((await client.ended).code).toBe(1006);
      expect(sockets[0]?.closed).toBe(1);
    });
  });
}
