import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type Answer,
  type ApiFixture,
  type Ask,
  ORIGIN,
  openTestApi,
  refused,
  signUpForm,
} from './api-fixture.ts';

let api: ApiFixture;
let ann: Record<string, string>;
beforeAll(async () => {
  api = await openTestApi({ accountSettings: { LOGIN_LIMIT: 1 } });
  ann = await api.signUp('Ann');
});
afterAll(() => api.drop());

/** Nobody's page, a foreign one, and those that look nearly like an allowed one. */
const OTHERS = [
  undefined,
  'null',
  'https://evil.example',
  'https://localhost:8080',
  'http://localhost:80801',
  'http://localhost',
  'http://localhost:8080/',
  'http://localhost:8080.evil.example',
  `${ORIGIN}, ${ORIGIN}`,
];

const accessHeaders = ({ headers }: Answer) =>
  Object.fromEntries(Object.entries(headers).filter(([name]) => name.startsWith('access-control-')));

const SHARED = {
  'access-control-allow-origin': ORIGIN,
  'access-control-allow-credentials': 'true',
  'access-control-expose-headers': 'X-Rally-Position, X-Session-Expires, X-CSRFToken, Retry-After',
};

describe('an answer', () => {
  const wrongLogin = { body: { username: 'Ann', password: 'wrong password 1' } };

  it.each<[number, string, string, Ask & { as?: 'Ann' }]>([
    [200, 'GET', '/api/self', { as: 'Ann' }],
    [204, 'POST', '/api/refresh', { as: 'Ann' }],
    [200, 'HEAD', '/api/self', { as: 'Ann' }],
    [400, 'POST', '/api/login', { body: '{' }],
    [400, 'GET', '/api/users/%zz', { as: 'Ann' }],
    [400, 'GET', '/api/self#x', {}],
    [401, 'GET', '/api/self', {}],
    [401, 'POST', '/api/login', wrongLogin],
    [404, 'GET', '/api/nothing', {}],
    [404, 'GET', '/api/users/Nobody', { as: 'Ann' }],
    [405, 'DELETE', '/api/login', {}],
    [405, 'PROPFIND', '/api/self', {}],
    [413, 'POST', '/api/login', { body: null }],
    [415, 'POST', '/api/login', { body: '{}', headers: { 'content-type': 'text/plain' } }],
    [422, 'POST', '/api/signup', { body: {} }],
    [429, 'POST', '/api/login', wrongLogin],
    [503, 'PUT', '/api/chats/Bob', { as: 'Ann' }],
  ])(
    '%i to %s %s can be read by pages of an allowed origin, and by no other',
    async (status, method, url, given) => {
      const { as, ...ask } = given;
      if (status === 503) api.script.reply = refused('unavailable');
      const from = (origin: string | undefined) => {
        const { origin: _, ...mine } = as ? ann : {};
        return api.ask(method, url, {
          ...ask,
          headers: { ...mine, ...ask.headers, ...(origin && { origin }) },
        });
      };
      const answer = await from(ORIGIN);
      expect(answer.status).toBe(status);
      expect(accessHeaders(answer)).toEqual(SHARED);
      expect(answer.headers.vary).toBe('Origin');
      for (const origin of OTHERS) {
        const other = await from(origin);
        expect(accessHeaders(other), origin).toEqual({});
        expect(other.headers.vary, origin).toBe('Origin');
      }
    },
  );

  it('can be read also when it says that Rally is going', async () => {
    const closing = await openTestApi();
    await closing.close();
    const answer = await closing.ask('GET', '/api/self', { headers: { origin: ORIGIN } });
    await closing.drop();
    expect(answer.status).toBe(503);
    expect(accessHeaders(answer)).toEqual(SHARED);
  });

  it('tells pages that cannot read cookies what they need', async () => {
    const answer = await api.ask('POST', '/api/signup', {
      body: signUpForm('Bob'),
      headers: { origin: ORIGIN },
    });
    expect(answer).toMatchObject({
      status: 201,
      headers: { 'x-csrftoken': expect.any(String), 'x-session-expires': expect.any(String) },
    });
  });
});

describe('a preflight', () => {
  const preflight = (url: string, origin: string | undefined, method: string | undefined = 'PATCH') =>
    api.ask('OPTIONS', url, {
      headers: {
        ...(origin && { origin }),
        ...(method && { 'access-control-request-method': method }),
        'access-control-request-headers': 'x-csrftoken,x-rally-after',
      },
    });

  it.each(['/api/self', '/api/signup', '/api/users/Ann/friends/Bob', '/api/nothing'])(
    'of %s from an allowed origin is answered without a session, for an hour',
    async (url) => {
      const answer = await preflight(url, ORIGIN);
      expect({ status: answer.status, body: answer.body }).toEqual({ status: 204, body: null });
      expect(accessHeaders(answer)).toEqual({
        ...SHARED,
        'access-control-allow-methods': 'GET, POST, PUT, PATCH, DELETE',
        'access-control-allow-headers': 'Content-Type, Authorization, X-CSRFToken, X-Rally-After',
        'access-control-max-age': '3600',
      });
      expect(answer.headers.vary).toBe('Origin');
    },
  );

  it.each(OTHERS)('from %s is any OPTIONS', async (origin) => {
    const answer = await preflight('/api/self', origin);
    expect(answer).toMatchObject({ status: 405, headers: { allow: 'GET, HEAD, PATCH' } });
    expect(accessHeaders(answer)).toEqual({});
  });

  it('is none without the method that is to follow', async () => {
    const answer = await preflight('/api/self', ORIGIN, '');
    expect(answer).toMatchObject({ status: 405, headers: { allow: 'GET, HEAD, PATCH' } });
    expect(accessHeaders(answer)).toEqual(SHARED);
  });
});
