import { describe, expect, it } from 'vitest';
import type { ListenPublicly } from '../../../gateway/public-server/public-server.ts';
import { connectRaw } from './raw-client.ts';
import { connect, ok, serve, serveSockets } from './test-server.ts';

const REQUEST = 'GET /x HTTP/1.1\r\nHost: a\r\n\r\n';

export function describeAdmission(listen: ListenPublicly): void {
  describe('connections beyond the limit', () => {
    it('are closed as they come, and counted; those that are open go on; a place that is free is given again', async () => {
      let refused = 0;
      const connections = {
        limit: 3,
        refused: () => {
          refused += 1;
        },
      };
      const { server, url, sockets } = await serveSockets(listen, undefined, { connections });
      const inside = [connect(url), connect(url), connect(url)];
      await Promise.all(inside.map(({ opened }) => opened));
      for (let turn = 1; turn <= 3; turn += 1) {
        const late = await connectRaw(server.port);
        late.send(REQUEST);
        await late.ended;
        expect(late.received()).toBe('');
        await expect.poll(() => refused).toBe(turn);
      }
      for (const { socket } of inside) socket.send('still here');
      await expect.poll(() => sockets.map(({ messages }) => messages)).toEqual(Array(3).fill(['still here']));
      inside[0]?.socket.terminate();
      await expect.poll(() => sockets[0]?.closed).toBe(1);
      const next = connect(url);
      await next.opened;
    });

    it('get the place of those that have asked for nothing, not of those that wait for another request', async () => {
      const connections = { limit: 3, refused() {} };
      const server = await serve(listen, { connections, handleHttp: async () => ok() });
      const [silent, halfway, asking] = [
        await connectRaw(server.port),
        await connectRaw(server.port),
        await connectRaw(server.port),
      ];
      halfway.send(REQUEST.slice(0, -2));
      asking.send(REQUEST);
      await expect.poll(asking.statuses).toEqual([200]);
      const late = async () => {
        const client = await connectRaw(server.port);
        client.send(REQUEST);
        await new Promise((resolve) => client.socket.once('data', resolve).once('close', resolve));
        return client.statuses();
      };
      await expect.poll(late).toEqual([200]);
      await Promise.all([silent.ended, halfway.ended]);
      asking.send(REQUEST);
      await expect.poll(asking.statuses).toEqual([200, 200]);
    });
  });
}
