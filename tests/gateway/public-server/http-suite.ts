import { once } from 'node:events';
import { Agent, request } from 'node:http';
import { connect as connectTcp } from 'node:net';
import { describe, expect, it } from 'vitest';
import { HTTP_BODY_BYTES_LIMIT, type ListenPublicly } from '../../../gateway/public-server/public-server.ts';
import { ok, serveHttp } from './test-server.ts';

export function describeHttp(listen: ListenPublicly): void {
  describe('HTTP', () => {
    it('hands over method, url, headers, body and address', async () => {
      const { url, requests } = await serveHttp(listen, () => ok('done'));
      const response = await fetch(`${url}/api/chats/Bob?limit=5&q=a%20b`, {
        method: 'PUT',
        body: '{"ä":1}',
        headers: { 'Content-Type': 'application/json', 'X-CSRFToken': 'abc' },
      });
      expect(await response.text()).toBe('done');
      expect(requests[0]).toMatchObject({
        method: 'PUT',
        url: '/api/chats/Bob?limit=5&q=a%20b',
        headers: { 'content-type': 'application/json', 'x-csrftoken': 'abc' },
        remoteAddress: '127.0.0.1',
      });
      expect(requests[0]?.body?.toString()).toBe('{"ä":1}');
    });

    it.each(['GET', 'DELETE', 'POST', 'PATCH', 'OPTIONS'])(
      'hands over %s without a body as empty',
      async (method) => {
        const { url, requests } = await serveHttp(listen, () => ok());
        expect((await fetch(url, { method })).status).toBe(200);
        expect(requests[0]).toMatchObject({ method, url: '/', body: Buffer.alloc(0) });
      },
    );

    it.each([0, 1, 16_384, HTTP_BODY_BYTES_LIMIT])('hands over a body of %i bytes whole', async (bytes) => {
      const { url, requests } = await serveHttp(listen, () => ok());
      const body = Buffer.alloc(bytes, 'x');
      expect((await fetch(url, { method: 'POST', body })).status).toBe(200);
      expect(requests[0]?.body?.equals(body)).toBe(true);
    });

    it.each([HTTP_BODY_BYTES_LIMIT + 1, 3_000_000])('hands over no body of %i bytes', async (bytes) => {
      const { url, requests } = await serveHttp(listen, ({ body }) => ({
        ...ok(),
        status: body === null ? 413 : 200,
      }));
      const body = Buffer.alloc(bytes, 'x');
      expect((await fetch(url, { method: 'POST', body })).status).toBe(413);
      expect(requests[0]?.body).toBeNull();
    });

    it('writes status, headers and every cookie, but none of a connection that is not its own', async () => {
      const { url } = await serveHttp(listen, () => ({
        status: 201,
        headers: {
          'content-type': 'text/plain',
          'set-cookie': ['a=1; Path=/', 'b=2'],
          'content-length': '99',
          'transfer-encoding': 'chunked',
          connection: 'close',
        },
        body: Buffer.from('böd'),
      }));
      const response = await fetch(url);
      expect(response.status).toBe(201);
      expect(response.statusText).toBe('Created');
      expect(response.headers.get('content-type')).toBe('text/plain');
      expect(response.headers.getSetCookie()).toEqual(['a=1; Path=/', 'b=2']);
      expect(response.headers.get('content-length')).toBe('4');
      expect(response.headers.get('connection')).not.toBe('close');
      expect(await response.text()).toBe('böd');
    });

    it('answers HEAD with the length and no body, 204 with neither', async () => {
      const { url } = await serveHttp(listen, ({ method }) =>
        method === 'HEAD' ? ok('four') : { ...ok(), status: 204 },
      );
      const agent = new Agent({ keepAlive: true, maxSockets: 1 });
      for (const [method, status, length] of [
        ['HEAD', 200, '4'],
        ['GET', 204, undefined],
        ['HEAD', 200, '4'],
      ]) {
        const asked = request(url, { method: String(method), agent }).end();
        const [response] = await once(asked, 'response');
        expect(response.statusCode).toBe(status);
        expect(response.headers['content-length']).toBe(length);
        expect((await response.toArray()).length).toBe(0);
      }
      agent.destroy();
    });

    it('writes a large answer whole', async () => {
      const { url } = await serveHttp(listen, () => ok('x'.repeat(5_000_000)));
      expect((await (await fetch(url)).text()).length).toBe(5_000_000);
    });

    it('answers many requests on one connection, in order', async () => {
      const { url } = await serveHttp(listen, async ({ url }) => ok(url));
      const agent = new Agent({ keepAlive: true, maxSockets: 1 });
      const ports = new Set<number | undefined>();
      for (let index = 0; index < 20; index += 1) {
        const asked = request(`${url}/${index}`, { agent }).end();
        const [response] = await once(asked, 'response');
        ports.add(asked.socket?.localPort);
        expect(String(await response.toArray())).toBe(`/${index}`);
      }
      expect(ports.size).toBe(1);
      agent.destroy();
    });

    it('survives a client that goes away before its answer, and in the middle of its body', async () => {
      let release = () => {};
      const held = new Promise<void>((resolve) => {
        release = resolve;
      });
      const { server, url, requests } = await serveHttp(listen, async (asked) => {
        if (asked.url === '/slow') await held;
        return ok('fine');
      });
      const impatient = connectTcp(server.port, '127.0.0.1');
      impatient.write('GET /slow HTTP/1.1\r\nHost: a\r\n\r\n');
      await expect.poll(() => requests.length).toBe(1);
      impatient.resetAndDestroy();
      const halfway = connectTcp(server.port, '127.0.0.1');
      halfway.write('POST /half HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\nonly this');
      await once(halfway, 'connect');
      halfway.destroy();
      expect(await (await fetch(url)).text()).toBe('fine');
      release();
      expect(await (await fetch(url)).text()).toBe('fine');
      expect(requests.map((asked) => asked.url)).not.toContain('/half');
    });
  });
}
