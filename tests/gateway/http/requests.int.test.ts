import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ApiFixture, expectRefusal, openTestApi, signUpForm } from './api-fixture.ts';

let api: ApiFixture;
let ann: Record<string, string>;
beforeAll(async () => {
  api = await openTestApi();
  ann = await api.signUp('Ann');
});
afterAll(() => api.drop());

describe('paths and methods', () => {
  it.each([
    ['GET', '/index.html'],
    ['GET', '/favicon.ico'],
    ['GET', '/api'],
    ['GET', '/api/'],
    ['GET', '/api/nothing/here'],
    ['POST', '/api/nothing'],
    ['GET', '/API/self'],
    ['GET', '/api//self'],
    ['GET', '//evil.example/api/self'],
    ['GET', '/api/self/more'],
    ['GET', `/api/users/${'x'.repeat(600)}`],
    ['GET', '/ws/events'],
    ['GET', '/metrics'],
    ['OPTIONS', '/api/nothing'],
    ['GET', '/api/__proto__'],
    ['GET', '/api/users/../self'],
    ['GET', '/api/./self'],
    ['GET', '/api/chats/%2E%2E/self'],
    ['GET', '//['],
  ])('%s %s is 404', async (method, url) => {
    expectRefusal(await api.ask(method, url, { headers: ann }), 'not_found');
  });

  it.each([
    ['GET', '/api/signup', 'POST'],
    ['GET', '/api/login/', 'POST'],
    ['DELETE', '/api/refresh', 'POST'],
    ['POST', '/api/logout', 'DELETE'],
    ['POST', '/', 'GET, HEAD'],
    ['POST', '/api/self', 'GET, HEAD, PATCH'],
    ['PUT', '/api/self', 'GET, HEAD, PATCH'],
    ['OPTIONS', '/api/self', 'GET, HEAD, PATCH'],
    ['POST', '/api/users', 'GET, HEAD'],
    ['PUT', '/api/users/Ann', 'GET, HEAD, DELETE'],
    ['PUT', '/api/users/Ann/friends', 'GET, HEAD, POST'],
    ['GET', '/api/users/Ann/friends/Bob', 'DELETE'],
    ['PUT', '/api/users/Ann/blocked_users', 'GET, HEAD, POST'],
    ['GET', '/api/users/Ann/blocked_users/Bob', 'DELETE'],
    ['GET', '/api/chats/Bob', 'PUT'],
    ['POST', '/api/chats/Bob/messages', 'GET, HEAD'],
    ['PUT', '/api/chats/', 'GET, HEAD'],
    ['GET', '/api/notifications/mark_all_as_read', 'POST'],
    ['GET', '/api/games/7/finish', 'POST'],
  ])('%s %s is 405 and names what is allowed', async (method, url, allow) => {
    for (const headers of [ann, {}]) {
      const answer = await api.ask(method, url, { headers, body: 'anything' });
      expectRefusal(answer, 'method_not_allowed');
      expect(answer.headers.allow).toBe(allow);
    }
  });

  it.each(['.', '..', '%2E', '%2e%2E', 'a%2Eb', '%40'])('name the user %s by itself', async (name) => {
    const username = decodeURIComponent(name);
    api.readModels.know(username);
    const answer = await api.ask('GET', `/api/users/${name}`, { headers: ann });
    expect(answer).toMatchObject({ status: 200, body: { username } });
  });

  it('are those that were asked for, whatever headers say', async () => {
    const headers = { ...ann, ':target': '/api/users/Bob' };
    const answer = await api.ask('GET', '/api/self', { headers });
    expect(answer).toMatchObject({ status: 200, body: { unread_messages_count: 0 } });
  });

  it('keep their query as it was sent', async () => {
    await api.ask('GET', '/api/users?search=a%2Bb%26%C3%A4+c', { headers: ann });
    expect(api.readModels.calls.at(-1)).toMatchObject(['searchUsers', 'Ann', 'a+b&ä c', {}]);
  });

  it.each(['TRACE', 'CONNECT', 'PROPFIND', 'QUERY', 'get', ''])('method %j is 405', async (method) => {
    const headers = { ...ann, 'access-control-request-method': 'GET' };
    const answer = await api.ask(method, '/api/self', { headers });
    expectRefusal(answer, 'method_not_allowed');
    expect(answer.headers.allow).toBe('GET, HEAD, PATCH');
    expectRefusal(await api.ask(method, '/api/nothing', { headers }), 'not_found');
  });

  it.each([
    ['/api/self', true, 200],
    ['/api/self', false, 401],
    ['/api/users/Nobody', true, 404],
    ['/api/login', true, 405],
  ])('answers HEAD %s as GET (signed in: %s)', async (url, isSignedIn, status) => {
    const headers = isSignedIn ? ann : {};
    const [head, get] = [await api.ask('HEAD', url, { headers }), await api.ask('GET', url, { headers })];
    expect(head).toEqual(get);
    expect(head.status).toBe(status);
  });

  it('answers OPTIONS * with the methods there are', async () => {
    const { status, headers } = await api.ask('OPTIONS', '*');
    expect([status, headers.allow]).toEqual([204, 'GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS']);
  });

  it.each([
    '/api/users/%zz',
    '/api/users/%',
    '/api/users/%C3',
    'api/self',
    '',
    '*',
    'http://',
    'https://evil.example/',
    '/\\\\[',
    '/api\\self',
    '/api/self#x',
    '/api/self?x#y',
    '/api/se\tlf',
    '/api/self\u0000',
    '/api/self\u007f',
  ])('a target %j is 400', async (url) => {
    expectRefusal(await api.ask('GET', url, { headers: ann }), 'bad_request');
  });
});

it.each(['/api/users/%ff', '/api/users/%zz', '/api/chats/%/messages', `/api/users/${'x'.repeat(600)}`])(
  '%s is 401 for whoever is not signed in',
  async (url) => {
    for (const method of ['GET', 'DELETE'])
      for (const headers of [{}, { cookie: 'access_token=a.b.c' }, { authorization: 'Bearer x' }])
        expectRefusal(await api.ask(method, url, { headers }), 'unauthenticated');
  },
);

describe('bodies', () => {
  const post = (body: unknown, headers: Record<string, string> = {}) =>
    api.ask('POST', '/api/login', { body, headers });

  it.each([
    ['not JSON', 'username=Ann'],
    ['half of it', '{"username":'],
    ['too much of it', '{} {}'],
    ['no text', Buffer.from([0x22, 0xff, 0xfe, 0x22])],
    ['a blank', ' '],
    ['U+0000', '\u0000'],
    ['a single quote', "{'username': 'Ann'}"],
  ])('%s is 400', async (_case, body) => {
    expectRefusal(await post(body), 'malformed_json');
    expectRefusal(await post(body, { 'content-type': 'text/plain' }), 'malformed_json');
  });

  it('bombs of brackets are read and refused', async () => {
    expect((await post('['.repeat(32_000) + ']'.repeat(32_000))).status).toBe(422);
    expectRefusal(await post('['.repeat(65_000)), 'malformed_json');
    expect((await post(`${'{"a":'.repeat(10_000)}1${'}'.repeat(10_000)}`)).status).toBe(422);
  });

  it('more than 64 KiB is 413, exactly 64 KiB is not', async () => {
    expectRefusal(await post(null), 'body_too_large');
    expectRefusal(await post(null, { 'content-type': 'text/plain' }), 'body_too_large');
    expectRefusal(await post(' '.repeat(64 * 1024 + 1)), 'body_too_large');
    expectRefusal(await api.ask('PUT', '/api/chats/Bob', { headers: ann, body: null }), 'body_too_large');
    const { length } = JSON.stringify({ a: '' });
    expect((await post({ a: 'x'.repeat(64 * 1024 - length) })).status).toBe(422);
  });

  it.each([
    'application/json',
    'application/json; charset=utf-8',
    'Application/JSON',
    'application/problem+json',
  ])('JSON as %s is read', async (type) => {
    expect((await post('{}', { 'content-type': type })).status).toBe(422);
  });

  it('JSON that does not say what it is is read', async () => {
    const body = { username: 'Nobody', password: 'none' };
    expectRefusal(await api.ask('POST', '/api/login', { body, typed: false }), 'invalid_credentials');
  });

  it.each([
    'text/plain',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    'application/jsonp',
    'nonsense',
  ])('JSON as %s is 415', async (type) => {
    expectRefusal(await post('{}', { 'content-type': type }), 'unsupported_media_type');
  });

  it('nothing counts as missing fields, whatever it says it is', async () => {
    for (const type of ['application/json', 'text/plain', 'application/x-www-form-urlencoded'])
      expect(await post('', { 'content-type': type, 'content-length': '0' })).toMatchObject({
        status: 422,
        body: [{ type: 'missing' }, { type: 'missing' }],
      });
  });

  it('a body where none belongs is no harm', async () => {
    expect((await api.ask('PUT', '/api/chats/Bob', { headers: ann, body: '{}' })).status).toBe(201);
    expect((await api.ask('GET', '/api/self', { headers: ann, body: '{}' })).status).toBe(200);
    const unblock = await api.ask('DELETE', '/api/users/Ann/blocked_users/Bob', { headers: ann, body: '{}' });
    expect(unblock).toMatchObject({ status: 204, body: null });
    expect((await api.ask('GET', '/api/self', { headers: ann, body: null })).status).toBe(200);
  });
});

describe('every answer', () => {
  it('is JSON that nobody keeps', async () => {
    for (const url of ['/api/self', '/api/nothing', '/api/users/%zz', 'x']) {
      const { headers } = await api.ask('GET', url, { headers: ann });
      expect(headers, url).toMatchObject({ 'content-type': 'application/json; charset=utf-8' });
    }
    expect((await api.ask('GET', '/api/self', { headers: ann })).headers).toMatchObject({
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
    });
  });

  it('is logged in one line and measured, by route', async () => {
    api.logLines.length = 0;
    api.registry.resetMetrics();
    await api.ask('GET', '/api/users/Ann?x=secret', { headers: ann });
    await api.ask('GET', '/api/secret/path', { headers: ann });
    expect(api.logLines.map((line) => JSON.parse(line))).toMatchObject([
      {
        method: 'GET',
        route: '/api/users/:username',
        status: 200,
        ms: expect.any(Number),
        correlationId: expect.any(String),
      },
      { method: 'GET', route: 'none', status: 404 },
    ]);
    expect(await api.registry.metrics()).toContain(
      'rally_http_request_duration_seconds_count{method="GET",route="/api/users/:username",status="200"} 1',
    );
  });

  it('to an error that nobody expected says nothing of it, and the log what it was', async () => {
    const cause = Object.assign(new pg.DatabaseError('no such value: "hush"', 1, 'error'), {
      severity: 'ERROR',
      routine: 'r',
      code: '22P02',
      detail: 'Key (content)=(hush) of INSERT',
    });
    api.readModels.failure = Object.assign(new TypeError('rows are not as expected', { cause }), {
      sql: 'INSERT hush',
    });
    api.logLines.length = 0;
    expectRefusal(await api.ask('GET', '/api/self', { headers: ann }), 'internal');
    api.readModels.failure = null;
    const [line = ''] = api.logLines;
    expect(JSON.parse(line)).toMatchObject({
      msg: 'request failed',
      route: '/api/self',
      correlationId: expect.any(String),
      err: {
        type: 'TypeError',
        message: 'rows are not as expected',
        stack: expect.stringContaining('requests.int.test'),
        cause: { type: 'error', message: 'refused by the database', code: '22P02' },
      },
    });
    expect(line).not.toMatch(/hush|INSERT/);
  });

  it('leaves nothing secret in the log', async () => {
    api.logLines.length = 0;
    const form = signUpForm('Secretive');
    const answer = await api.ask('POST', '/api/signup', { body: form });
    await api.ask('POST', '/api/login', { body: { username: form.email, password: 'wrong password 1' } });
    await api.ask('POST', '/api/login', { body: `{"password": "${form.password}` });
    const log = api.logLines.join('');
    expect(api.logLines).toHaveLength(3);
    for (const secret of [form.email, form.password, 'wrong password 1', ...answer.cookies.values()])
      expect(log).not.toContain(secret.split(';')[0]?.split('=').at(-1));
  });
});

it('is idle when what is under way has been answered, also what has come meanwhile', async () => {
  const api = await openTestApi();
  const signedUp: string[] = [];
  const both = api.ask('GET', '/api/self').then(async () => {
    await api.signUp('Ann');
    signedUp.push('Ann');
  });
  await api.idle();
  expect(signedUp).toEqual(['Ann']);
  await both;
  await api.drop();
});

it('answers 503 after it has been closed', async () => {
  const closing = await openTestApi();
  await closing.close();
  expectRefusal(await closing.ask('GET', '/api/self'), 'unavailable');
  await closing.drop();
});

it('answers 503 when sessions cannot be looked up', async () => {
  const broken = await openTestApi();
  const page = await broken.signUp('Ann');
  await broken.accounts.close();
  expectRefusal(await broken.ask('GET', '/api/self', { headers: page }), 'unavailable');
  expectRefusal(await broken.ask('POST', '/api/refresh', { headers: page }), 'unavailable');
  expectRefusal(await broken.ask('POST', '/api/signup', { body: signUpForm('Bob') }), 'unavailable');
  expectRefusal(
    await broken.ask('POST', '/api/login', { body: { username: 'Ann', password: 'x' } }),
    'unavailable',
  );
  await broken.close();
});
