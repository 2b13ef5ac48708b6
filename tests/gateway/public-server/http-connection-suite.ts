import { describe, expect, it } from 'vitest';
import { HTTP_BODY_BYTES_LIMIT, type ListenPublicly } from '../../../gateway/public-server/public-server.ts';
import { connectRaw, HANDSHAKE, type RawClient } from './raw-client.ts';
import { ok, serve, serveHeld, serveHttp } from './test-server.ts';

const get = (url: string): string => `GET ${url} HTTP/1.1\r\nHost: a\r\n\r\n`;
const POST = 'POST /first HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\n{}';
const LAST = 'GET /last HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n';

const urlsOf = (client: RawClient): string[] =>
  client.received().match(/(?<=\r\n\r\n)\/\w+?(?=HTTP|$)/g) ?? [];

/** How long a test waits before it believes that something does not happen. */
const A_WHILE_MS = 100;
const aWhile = () => new Promise((resolve) => setTimeout(resolve, A_WHILE_MS));

export function describeHttpConnections(listen: ListenPublicly): void {
  describe('an HTTP connection', () => {
    it('is answered in order, one request at a time, when many come at once', async () => {
      let running = 0;
      let most = 0;
      const { server } = await serveHttp(listen, async ({ url }) => {
        running += 1;
        most = Math.max(most, running);
        await new Promise((resolve) => setTimeout(resolve, url === '/0' ? 20 : 0));
        running -= 1;
        return ok(url);
      });
      const client = await connectRaw(server.port);
      const urls = Array.from({ length: 1000 }, (_, index) => `/${index}`);
      client.send(urls.map(get).join('') + POST + LAST);
      await client.ended;
      expect(urlsOf(client)).toEqual([...urls, '/first', '/last']);
      expect(most).toBe(1);
    });

    it('is answered in order when a request comes while another is under way', async () => {
      const { server, requests, release } = await serveHeld(listen);
      const client = await connectRaw(server.port);
      client.send(POST);
      await expect.poll(() => requests.length).toBe(1);
      client.send(LAST);
      await aWhile();
      release();
      await client.ended;
      expect(urlsOf(client)).toEqual(['/first', '/last']);
    });

    it('ends with the answer that is under way when the server stops listening', async () => {
      const { server, requests, release } = await serveHeld(listen);
      const client = await connectRaw(server.port);
      client.send(POST);
      await expect.poll(() => requests.length).toBe(1);
      server.stopListening();
      release();
      await client.ended;
      expect(urlsOf(client)).toEqual(['/first']);
      expect(client.received()).toMatch(/^connection: close\r$/im);
    });

    it('does not lose an answer because nonsense follows the request', async () => {
      const { server, requests, release } = await serveHeld(listen);
      const client = await connectRaw(server.port);
      client.send(`${POST}nonsense\r\n\r\n`);
      await expect.poll(() => requests.length).toBe(1);
      client.send('more nonsense');
      release();
      await client.ended;
      expect(client.statuses()).toEqual([200, 400]);
      expect(urlsOf(client)).toEqual(['/first']);
    });

    it('becomes a WebSocket only when what was asked before is answered', async () => {
      const { server, requests, release } = await serveHeld(listen, {
        answerHandshake: () => ({
          outcome: 'accepted',
          open: (socket) => {
            socket.close(4000, '');
            return { message() {}, flooded() {}, closed() {} };
          },
        }),
      });
      const client = await connectRaw(server.port);
      client.send(POST + HANDSHAKE);
      await expect.poll(() => requests.length).toBe(1);
      await aWhile();
      expect(client.received()).toBe('');
      release();
      await expect.poll(client.received).toMatch(/^HTTP\/1.1 200 .*\/firstHTTP\/1.1 101 .*\r\n\r\n\x88/s);
    });

    it('is read no further than its answers are, however much the client sends', async () => {
      const { server, requests, release } = await serveHeld(listen);
      const client = await connectRaw(server.port);
      const many = get('/x').repeat(10_000);
      let taken = 0;
      const flood = () => {
        while (taken < 200 && client.socket.write(many)) taken += 1;
      };
      client.socket.on('drain', flood);
      flood();
      await expect.poll(() => requests.length).toBe(1);
      await aWhile();
      expect(taken).toBeLessThan(200);
      expect(requests.length).toBe(1);
      client.socket.destroy();
      release();
      await aWhile();
      expect(requests.length).toBeLessThan(10);
    });

    it.each([
      ['resets', (client: RawClient) => client.socket.resetAndDestroy()],
      ['closes', (client: RawClient) => client.socket.destroy()],
    ])('tells that its request is abandoned once the client %s it, and not before', async (_, leave) => {
      const { server, url, requests, release } = await serveHeld(listen);
      const client = await connectRaw(server.port);
      client.send(POST + LAST);
      await expect.poll(() => requests.length).toBe(1);
      expect(requests[0]?.isAbandoned()).toBe(false);
      leave(client);
      await expect.poll(() => requests[0]?.isAbandoned()).toBe(true);
      release();
      expect((await fetch(url)).status).toBe(200);
      expect(requests.map((request) => request.url)).toEqual(['/first', '/']);
    });

    it.each([
      ['a declared length', `Content-Length: ${HTTP_BODY_BYTES_LIMIT + 1}\r\n\r\n`],
      ['a declared length, asking first', `Expect: 100-continue\r\nContent-Length: 1000000\r\n\r\n`],
      ['a declared length of terabytes', 'Content-Length: 9000000000000\r\n\r\n'],
      ['chunks', `Transfer-Encoding: chunked\r\n\r\nfffff\r\n${'x'.repeat(HTTP_BODY_BYTES_LIMIT + 1)}`],
    ])('answers a body that is too large by %s without reading to its end', async (_, rest) => {
      const { server, requests } = await serveHttp(listen, ({ body }) => ({
        ...ok(),
        status: body === null ? 413 : 200,
      }));
      const client = await connectRaw(server.port);
      client.send(`POST / HTTP/1.1\r\nHost: a\r\n${rest}`);
      await expect.poll(client.statuses).toEqual([413]);
      expect(client.received()).not.toContain('100 Continue');
      await client.ended;
      expect(requests.map(({ body }) => body)).toEqual([null]);
    });

    it('lets a client that sends a too large body to its end hear the answer', async () => {
      const { server } = await serveHttp(listen, () => ({ ...ok('too large'), status: 413 }));
      const client = await connectRaw(server.port);
      client.send(`POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9000000\r\n\r\n${'x'.repeat(9_000_000)}`);
      await client.ended;
      expect(client.statuses()).toEqual([413]);
      expect(client.received()).toContain('too large');
    });

    it.each([
      ['nothing', ''],
      ['half a line', 'GET / HT'],
      ['half a head', 'GET / HTTP/1.1\r\nHost: a\r\n'],
      ['half a body', 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\n{'],
      ['half a chunk', 'POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n9\r\n{'],
      ['half a handshake', HANDSHAKE.slice(0, -2)],
    ])('on which %s has come is answered 408 after REQUEST_TIMEOUT_S', async (_, bytes) => {
      const { server, requests } = await serveHttp(listen, () => ok(), { requestTimeoutS: 1 });
      const client = await connectRaw(server.port);
      client.send(bytes);
      await client.ended;
      expect(client.statuses()).toEqual([408]);
      expect(requests).toEqual([]);
    });

    it('on which bytes trickle in is not kept longer for them', async () => {
      const { server } = await serveHttp(listen, () => ok(), { requestTimeoutS: 1 });
      const client = await connectRaw(server.port);
      client.send('GET / HTTP/1.1\r\n');
      const trickle = setInterval(() => client.send('a: b\r\n'), 50);
      await client.ended;
      clearInterval(trickle);
      expect(client.statuses()).toEqual([408]);
    });

    it.each([
      ['a refused handshake', HANDSHAKE],
      ['nonsense', 'nonsense\r\n\r\n'],
      ['another version of HTTP', 'GET / HTTP/2.0\r\nHost: a\r\n\r\n'],
      ['a body that is too large', 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9000000\r\n\r\n'],
    ])('ends after %s also when the client never ends its half', async (_, bytes) => {
      const server = await serve(listen);
      const client = await connectRaw(server.port, { allowHalfOpen: true });
      client.send(bytes);
      await client.ended;
      // Answered by a reset once the server has let go of the connection.
      const knock = setInterval(() => client.send('x'), 20);
      await expect.poll(() => client.socket.destroyed).toBe(true);
      clearInterval(knock);
      await server.close();
    });
  });
}
