import cookies from '@fastify/cookie';
import fastify from 'fastify';
import { expect, it } from 'vitest';
import { createSessionCookies } from '../../../gateway/http/session-cookies.ts';

const LIFETIMES = { ACCESS_TOKEN_TTL_S: 900, REFRESH_TOKEN_TTL_S: 7200 };
const SIGNED_IN = {
  session: { sessionId: 's', username: 'Ann', expiresAt: new Date(0) },
  accessToken: 'a',
  refreshToken: 'r',
};

it.each<[string, string[] | undefined, boolean]>([
  ['127.0.0.1', undefined, false],
  ['127.1.2.3', undefined, false],
  ['localhost', undefined, false],
  ['::1', undefined, false],
  ['0.0.0.0', undefined, true],
  ['::', undefined, true],
  ['192.0.2.7', undefined, true],
  ['2001:db8::1', undefined, true],
  ['127.0.0.1', ['https://play.example.com'], true],
  ['127.0.0.1', ['http://play.example.com'], true],
  ['127.0.0.1', ['https://localhost:8443'], true],
  ['127.0.0.1', ['http://localhost:3000', 'https://play.example.com'], true],
  ['127.0.0.1', ['http://localhost.example.com'], true],
  ['127.0.0.1', ['http://127.0.0.1.example.com'], true],
  ['0.0.0.0', ['http://localhost:3000', 'http://app.localhost', 'http://[::1]:8080'], false],
])(
  'with HOST %s and ALLOWED_ORIGINS %j, cookies are Secure: %s, whatever a request says',
  async (HOST, origins, secure) => {
    const sessionCookies = createSessionCookies({
      ...LIFETIMES,
      HOST,
      ...(origins && { ALLOWED_ORIGINS: origins }),
    });
    const app = fastify();
    app.register(cookies);
    app.get('/set', async (_request, reply) => sessionCookies.set(reply.code(204), SIGNED_IN));
    app.get('/clear', async (_request, reply) => sessionCookies.clear(reply.code(204)));
    for (const host of ['localhost', '127.0.0.1:8080', 'play.example.com', ''])
      for (const url of ['/set', '/clear']) {
        const headers = { host, 'x-forwarded-proto': 'https', 'x-forwarded-host': host };
        const lines = [(await app.inject({ url, headers })).headers['set-cookie'] ?? []].flat();
        expect(lines.map((line) => line.includes('; Secure'))).toEqual([secure, secure, secure]);
      }
  },
);
