import { describe, expect, it } from 'vitest';
import type { ListenPublicly } from '../../../gateway/public-server/public-server.ts';
import { REFUSED, SERVED } from './http-shapes.ts';
import { connectRaw } from './raw-client.ts';
import { ok, serveHttp } from './test-server.ts';

const NEXT = 'GET /next HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n';
const LONG = 'y'.repeat(16 * 1024 - 200);

/** The same bytes mean the same to every backend, and to every proxy before it: no silence, no request in a body. */
export function describeHttpBytes(listen: ListenPublicly): void {
  describe('HTTP as bytes', () => {
    it.each(SERVED)('serves %s', async (_, bytes, body = '') => {
      const { server, requests } = await serveHttp(listen, ({ url }) => ok(url));
      const client = await connectRaw(server.port);
      client.send(bytes + NEXT);
      await client.ended;
      expect(client.statuses()).toEqual([200, 200]);
      expect(requests.map(({ url }) => url)).toEqual(['/x', '/next']);
      expect(requests[0]?.body?.toString('latin1')).toBe(body);
    });

    it.each(REFUSED)('answers %i to %s, and carries nothing out', async (status, _, bytes) => {
      const { server, requests } = await serveHttp(listen, ({ url }) => ok(url));
      const client = await connectRaw(server.port);
      client.send(bytes);
      client.send(NEXT);
      await client.ended;
      expect(client.statuses()).toEqual([status]);
      expect(requests).toEqual([]);
    });

    it.each([
      ['HTTP/1.0', 'GET /x HTTP/1.0\r\n\r\n'],
      ['HTTP/1.0 as proxies speak it', 'GET /x HTTP/1.0\r\nHost: a\r\nConnection: close\r\n\r\n'],
      ['Connection: close', 'GET /x HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n'],
      [
        'Connection: keep-alive and close',
        'GET /x HTTP/1.1\r\nHost: a\r\nConnection: keep-alive\r\nConnection: close\r\n\r\n',
      ],
    ])('serves %s and ends the connection', async (_, bytes) => {
      const { server, requests } = await serveHttp(listen, ({ url }) => ok(url));
      const client = await connectRaw(server.port);
      client.send(bytes + NEXT);
      await client.ended;
      expect(client.statuses()).toEqual([200]);
      expect(requests.map(({ url }) => url)).toEqual(['/x']);
    });

    it.each([
      ['http://b:8/x?y=http://c/', '/x?y=http://c/', 'b:8'],
      ['http://b', '/', 'b'],
      ['http://b?y', '/?y', 'b'],
      ['*', '*', 'a'],
      ['/x?y=%20#z', '/x?y=%20#z', 'a'],
      ['//b/x', '//b/x', 'a'],
    ])('hands the target %s over as %s of %s', async (target, url, host) => {
      const { server, requests } = await serveHttp(listen, () => ok());
      const client = await connectRaw(server.port);
      client.send(`OPTIONS ${target} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`);
      await client.ended;
      expect(client.statuses()).toEqual([200]);
      expect(requests[0]).toMatchObject({ url, headers: { host } });
    });

    it.each([1, 2, 5])('takes headers of 16 KiB in %i reads', async (pieces) => {
      const { server, requests } = await serveHttp(listen, () => ok());
      const client = await connectRaw(server.port);
      await client.sendInPieces(`GET /x HTTP/1.1\r\nHost: a\r\nCookie: a=${LONG}\r\n\r\n`, pieces);
      await expect.poll(client.statuses).toEqual([200]);
      expect(requests[0]?.headers.cookie).toBe(`a=${LONG}`);
    });

    it('takes a request byte by byte', async () => {
      const { server, requests } = await serveHttp(listen, () => ok());
      const client = await connectRaw(server.port);
      const bytes = 'POST /x HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n';
      await client.sendInPieces(bytes, bytes.length);
      await expect.poll(client.statuses).toEqual([200]);
      expect(requests[0]?.body?.toString()).toBe('{}');
    });

    it('joins every header that comes twice, cookies with a semicolon', async () => {
      const { server, requests } = await serveHttp(listen, () => ok());
      const client = await connectRaw(server.port);
      const names = ['X-A', 'Authorization', 'Origin', 'Cookie', 'X-Forwarded-For', 'Content-Type'];
      const twice = names.map((name) => `${name}: 1\r\n${name}: 2\r\n`).join('');
      client.send(`GET / HTTP/1.1\r\nHost: a\r\n${twice}\r\n`);
      await expect.poll(client.statuses).toEqual([200]);
      const joined = names.map((name) => [name.toLowerCase(), name === 'Cookie' ? '1; 2' : '1, 2']);
      expect(requests[0]?.headers).toEqual({ host: 'a', ...Object.fromEntries(joined) });
    });

    it('names no library in its answers', async () => {
      const { server } = await serveHttp(listen, () => ok());
      const client = await connectRaw(server.port);
      client.send(`GET / HTTP/1.1\r\nHost: a\r\n\r\nnonsense\r\n\r\n`);
      await client.ended;
      expect(client.statuses()).toEqual([200, 400]);
      expect(client.received()).not.toMatch(/uwebsockets|^server:|x-powered-by/im);
    });
  });
}
