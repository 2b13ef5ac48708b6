import { describe, expect, it } from 'vitest';
import type { ListenPublicly } from '../../../gateway/public-server/public-server.ts';
import { connectRaw, HANDSHAKE } from './raw-client.ts';
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
          open: () => ({ message: () => {}, flooded: () => {}, closed: () => {} }),
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

    it.each([1, 3])('are accepted with headers of 16 KiB in %i reads', async (pieces) => {
      const { server, handshakes } = await serveSockets(listen);
      const cookie = `other=${'y'.repeat(16 * 1024 - 400)}`;
      const client = await connectRaw(server.port);
      await client.sendInPieces(HANDSHAKE.replace('\r\n\r\n', `\r\nCookie: ${cookie}\r\n\r\n`), pieces);
      await expect.poll(client.received).toMatch(/^HTTP\/1.1 101 /);
      expect(handshakes[0]?.headers).toEqual({ cookie });
    });

    it('are judged by every line of a header that comes twice', async () => {
      const { server, handshakes } = await serveSockets(listen);
      const names = ['Origin', 'Cookie', 'Authorization', 'Sec-WebSocket-Protocol'];
      const lines = names.map((name) => `\r\n${name}: a\r\n${name}: b`).join('');
      const client = await connectRaw(server.port);
      client.send(HANDSHAKE.replace('\r\n\r\n', `${lines}\r\n\r\n`));
      await expect.poll(client.received).toMatch(/^HTTP\/1.1 101 /);
      expect(handshakes[0]?.headers).toEqual({
        origin: 'a, b',
        cookie: 'a; b',
        authorization: 'a, b',
        'sec-websocket-protocol': 'a, b',
      });
    });

    it.each([
      [400, 'without a key', HANDSHAKE.replace(/Sec-WebSocket-Key.*\r\n/, '')],
      [400, 'with two keys', HANDSHAKE.replace(/(Sec-WebSocket-Key.*\r\n)/, '$1$1')],
      [400, 'of another version', HANDSHAKE.replace('Version: 13', 'Version: 12')],
      [400, 'with a body', HANDSHAKE.replace('\r\n\r\n', '\r\nContent-Length: 2\r\n\r\n{}')],
      [400, 'without Host', HANDSHAKE.replace('Host: a\r\n', '')],
      [400, 'with two Hosts', HANDSHAKE.replace('Host: a\r\n', 'Host: a\r\nHost: b\r\n')],
      [505, 'in HTTP/2.0', HANDSHAKE.replace('HTTP/1.1', 'HTTP/2.0')],
    ])('are answered %i %s, and open nothing', async (status, _, bytes) => {
      const { server, sockets } = await serveSockets(listen);
      const client = await connectRaw(server.port);
      client.send(bytes);
      await client.ended;
      expect(client.statuses()).toEqual([status]);
      expect(sockets).toEqual([]);
    });

    it('in absolute form are asked about by their path', async () => {
      const { server, handshakes } = await serveSockets(listen);
      const client = await connectRaw(server.port);
      client.send(HANDSHAKE.replace('/ws/events', 'http://a/ws/events?cursor=1'));
      await expect.poll(client.received).toMatch(/^HTTP\/1.1 101 /);
      expect(handshakes[0]).toMatchObject({ path: '/ws/events', query: 'cursor=1' });
    });

    it('are refused without disturbing HTTP on the same port', async () => {
      const server = await serve(listen, { handleHttp: async () => ok('http') });
      await expect(connect(`ws://127.0.0.1:${server.port}/x`).opened).rejects.toThrow('404');
      expect(await (await fetch(`http://127.0.0.1:${server.port}/ws/events`)).text()).toBe('http');
    });
  });
}
