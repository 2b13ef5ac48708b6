import { describe, expect, it } from 'vitest';
import type { ListenPublicly } from '../../../gateway/public-server/public-server.ts';
import { connect, ok, serve, serveSockets } from './test-server.ts';

export function describeHandshakes(listen: ListenPublicly): void {
  describe('handshakes', () => {
    it('are asked about with path, query, the headers that matter and the address', async () => {
      const { url, handshakes } = await serveSockets(listen);
      const headers = { origin: 'https://a.example', cookie: 'access_token=t', authorization: 'Bearer t' };
      await connect(`${url}/?cursor=12.0`, [], { headers: { ...headers, 'x-other': '1' } }).opened;
      await connect(url).opened;
      await connect(url, [], {
        finishRequest: (request) =>
          request.setHeader('x-forwarded-for', ['192.0.2.1', '192.0.2.2, 192.0.2.3']).end(),
      }).opened;
      expect(handshakes).toEqual([
        { path: '/ws/events/', query: 'cursor=12.0', headers, remoteAddress: '127.0.0.1' },
        { path: '/ws/events', query: '', headers: {}, remoteAddress: '127.0.0.1' },
        {
          path: '/ws/events',
          query: '',
          headers: { 'x-forwarded-for': '192.0.2.1, 192.0.2.2, 192.0.2.3' },
          remoteAddress: '127.0.0.1',
        },
      ]);
    });

    it('are accepted with the protocol that the answer names', async () => {
      const server = await serve(listen, {
        answerHandshake: ({ headers }) => ({
          outcome: 'accepted',
          ...(headers['sec-websocket-protocol'] && { protocol: 'bearer' }),
          open: () => ({ message: () => {}, closed: () => {} }),
        }),
      });
      const url = `ws://127.0.0.1:${server.port}/ws/events`;
      const withToken = connect(url, ['bearer', 'a.b.c']);
      await withToken.opened;
      expect(withToken.socket.protocol).toBe('bearer');
      const without = connect(url);
      await without.opened;
      expect(without.socket.protocol).toBe('');
    });

    it.each([403, 404])('are refused with status %i, before a socket opens', async (status) => {
      const server = await serve(listen, { answerHandshake: () => ({ outcome: 'refused', status }) });
      const client = connect(`ws://127.0.0.1:${server.port}/ws/events`);
      await expect(client.opened).rejects.toThrow(`Unexpected server response: ${status}`);
    });

    it('are refused without disturbing HTTP on the same port', async () => {
      const server = await serve(listen, { handleHttp: async () => ok('http') });
      await expect(connect(`ws://127.0.0.1:${server.port}/x`).opened).rejects.toThrow('404');
      expect(await (await fetch(`http://127.0.0.1:${server.port}/ws/events`)).text()).toBe('http');
    });
  });
}
