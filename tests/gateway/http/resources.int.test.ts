import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ReadModelsUnavailable } from '../../../read-models/snapshot.ts';
import { type ApiFixture, accepted, expectRefusal, openTestApi, refused } from './api-fixture.ts';
import {
  chatHeader,
  message,
  notification,
  presenceProfile,
  TOURNAMENT_ID,
  tournament,
} from './scripted-read-models.ts';

let api: ApiFixture;
let ann: Record<string, string>;
beforeAll(async () => {
  api = await openTestApi();
  ann = await api.signUp('Ann');
  api.readModels.know('Bob');
});
afterAll(() => api.drop());
beforeEach(() => {
  Object.assign(api.script, { reply: accepted(true), wait: async () => true });
  api.readModels.failure = null;
  api.readModels.calls.length = 0;
  api.commands.length = 0;
});

const page = { limit: 10, offset: 0 };
const profile = { username: 'Bob', nickname: 'Bob nick', avatar: '' };
const list = (item: unknown) => ({ items: [item], count: 1, next: null });

const ROUTES = [
  ['GET', '/api/self'],
  ['PATCH', '/api/self'],
  ['GET', '/api/users'],
  ['GET', '/api/users/Bob'],
  ['GET', '/api/users/Ann/friends'],
  ['POST', '/api/users/Ann/friends'],
  ['DELETE', '/api/users/Ann/friends/Bob'],
  ['GET', '/api/users/Ann/blocked_users'],
  ['POST', '/api/users/Ann/blocked_users'],
  ['DELETE', '/api/users/Ann/blocked_users/Bob'],
  ['GET', '/api/chats'],
  ['PUT', '/api/chats/Bob'],
  ['GET', '/api/chats/Bob/messages'],
  ['POST', '/api/notifications/mark_all_as_read'],
  ['GET', '/api/tournaments'],
  ['POST', '/api/tournaments'],
  ['GET', `/api/tournaments/${TOURNAMENT_ID}`],
  ['DELETE', `/api/tournaments/${TOURNAMENT_ID}`],
  ['GET', '/api/notifications'],
  ['DELETE', '/api/logout'],
] as const;

describe('queries', () => {
  it.each([
    ['/api/self', ['self', 'Ann'], { ...presenceProfile('Ann'), game_id: null }],
    ['/api/self/', ['self', 'Ann'], { ...presenceProfile('Ann'), is_engaged_in_game: false }],
    ['/api/users', ['searchUsers', 'Ann', '', page], list(presenceProfile('Bob'))],
    ['/api/users/?search=b%C3%B6', ['searchUsers', 'Ann', 'bö', page], list(presenceProfile('Bob'))],
    [
      '/api/users?limit=100&offset=5',
      ['searchUsers', 'Ann', '', { limit: 100, offset: 5 }],
      list(presenceProfile('Bob')),
    ],
    ['/api/users/bob', ['user', 'Ann', 'bob'], { ...presenceProfile('Bob'), is_friend: false }],
    ['/api/users/b%6Fb/', ['user', 'Ann', 'bob'], { ...presenceProfile('Bob'), is_friend: false }],
    ['/api/users/aNN/friends/', ['friends', 'Ann', page], list(presenceProfile('Bob'))],
    ['/api/users/aNN/blocked_users', ['blockedUsers', 'Ann', page], { items: [], count: 0, next: null }],
    [
      '/api/chats/',
      ['chats', 'Ann', page],
      list({ ...chatHeader, unread_messages_count: 0, last_message: message }),
    ],
    ['/api/chats?before=x', ['chats', 'Ann', { ...page, before: 'x' }], { count: 1 }],
    ['/api/notifications', ['notifications', 'Ann', 'all', page], list(notification)],
    [
      '/api/notifications/?is_read=false&limit=1',
      ['notifications', 'Ann', 'unread', { limit: 1, offset: 0 }],
      list(notification),
    ],
    ['/api/notifications?is_read=unread', ['notifications', 'Ann', 'unread', page], list(notification)],
    ['/api/notifications?is_read=true', ['notifications', 'Ann', 'read', page], list(notification)],
    [
      '/api/notifications?is_read=read&before=x',
      ['notifications', 'Ann', 'read', { ...page, before: 'x' }],
      list(notification),
    ],
    ['/api/chats/Bob/messages?limit=1', ['messages', 'Ann', 'Bob', { limit: 1, offset: 0 }], list(message)],
    [
      '/api/tournaments/?limit=3',
      ['tournaments', { limit: 3, offset: 0 }],
      list(tournament(TOURNAMENT_ID, 'Bob')),
    ],
    [`/api/tournaments/${TOURNAMENT_ID}/`, ['tournament', TOURNAMENT_ID], tournament(TOURNAMENT_ID, 'Ann')],
    [
      `/api/tournaments/${TOURNAMENT_ID.toUpperCase()}`,
      ['tournament', TOURNAMENT_ID],
      tournament(TOURNAMENT_ID, 'Ann'),
    ],
  ])('GET %s', async (url, call, body) => {
    expect(await api.ask('GET', url, { headers: ann })).toMatchObject({ status: 200, body });
    expect(api.readModels.calls).toEqual([call]);
  });

  it.each([
    ['/api/users/nobody', 'user_not_found'],
    ['/api/users/a%00b', 'user_not_found'],
    ['/api/users/%F0%9F%98%80', 'user_not_found'],
    [`/api/users/${'x'.repeat(51)}`, 'user_not_found'],
    ['/api/users/a%2Fb', 'user_not_found'],
    ['/api/chats/nobody/messages', 'chat_not_found'],
    ['/api/chats/%00/messages', 'chat_not_found'],
    ['/api/users/Bob/friends', 'forbidden'],
    ['/api/users/Bob/blocked_users', 'forbidden'],
    ['/api/users/nobody/blocked_users', 'forbidden'],
  ] as const)('GET %s is %s', async (url, code) => {
    expectRefusal(await api.ask('GET', url, { headers: ann }), code);
  });

  it.each([
    ['limit=0', ['limit']],
    ['limit=101', ['limit']],
    ['limit=1.5', ['limit']],
    ['limit=-1', ['limit']],
    ['limit=', ['limit']],
    ['limit=1e1', ['limit']],
    ['limit=abc', ['limit']],
    ['limit=1&limit=2', ['limit']],
    ['limit[]=1&limit=x', ['limit']],
    ['offset=-1', ['offset']],
    ['offset=10001', ['offset']],
    ['offset=999999999', ['offset']],
    ['offset=99999999999999999999', ['offset']],
    [`offset=${'9'.repeat(400)}`, ['offset']],
    ['limit=101&offset=-1', ['limit', 'offset']],
    ['before=', ['before']],
    ['before=bad', ['before']],
    ['before=%00', ['before']],
    [`before=${'x'.repeat(201)}`, ['before']],
  ])('pages with %s are 422', async (query, fields) => {
    for (const path of [
      'users',
      'users/Ann/friends',
      'users/Ann/blocked_users',
      'chats',
      'chats/Bob/messages',
      'tournaments',
      'notifications',
    ]) {
      const answer = await api.ask('GET', `/api/${path}?${query}`, { headers: ann });
      expect(answer, path).toMatchObject({
        status: 422,
        body: fields.map((field) => ({
          loc: ['query', field],
          msg: expect.any(String),
          type: expect.any(String),
        })),
      });
      expect(answer.body).toHaveLength(fields.length);
    }
  });

  it('are read by offset down to 10,000 deep, and are told how to go on', async () => {
    expect((await api.ask('GET', '/api/chats?offset=10000', { headers: ann })).status).toBe(200);
    expect((await api.ask('GET', '/api/chats?offset=10001', { headers: ann })).body).toEqual([
      { loc: ['query', 'offset'], msg: expect.stringContaining('`before`'), type: 'too_big' },
    ]);
  });

  it.each(['search=%00', 'search=a%00b', `search=${'x'.repeat(101)}`, 'search=a&search=b'])(
    'users?%s is 422',
    async (query) => {
      const answer = await api.ask('GET', `/api/users?${query}`, { headers: ann });
      expect(answer).toMatchObject({ status: 422, body: [{ loc: ['query', 'search'] }] });
    },
  );

  it.each(['is_read=maybe', 'is_read=', 'is_read=ALL', 'is_read=read&is_read=all'])(
    'notifications?%s is 422',
    async (query) => {
      const answer = await api.ask('GET', `/api/notifications?${query}`, { headers: ann });
      expect(answer).toMatchObject({ status: 422, body: [{ loc: ['query', 'is_read'] }] });
    },
  );

  it('answers 503 for a caller whom the read models have not seen yet', async () => {
    const headers = await api.signUp('Early');
    api.readModels.users.delete('early');
    expectRefusal(await api.ask('GET', '/api/self', { headers }), 'not_visible_yet');
  });
});

describe('commands', () => {
  it.each([
    [
      'PATCH',
      '/api/self',
      { nickname: 'Annie', avatar: '/annie.png', is_online: true },
      { type: 'update_profile', nickname: 'Annie', avatar: '/annie.png' },
      200,
      { username: 'Ann', nickname: 'Ann nick', avatar: '' },
    ],
    [
      'PATCH',
      '/api/self/',
      { avatar: '' },
      { type: 'update_profile', avatar: '' },
      200,
      { username: 'Ann', nickname: 'Ann nick', avatar: '' },
    ],
    [
      'PUT',
      '/api/chats/bob',
      undefined,
      { type: 'start_chat', other: 'bob' },
      201,
      { ...chatHeader, messages: [message] },
    ],
    [
      'POST',
      '/api/users/ann/friends/',
      { username: 'bob' },
      { type: 'add_friend', friend: 'bob' },
      201,
      profile,
    ],
    ['DELETE', '/api/users/ann/friends/bob', undefined, { type: 'remove_friend', friend: 'bob' }, 204, null],
    [
      'POST',
      '/api/users/ann/blocked_users',
      { username: 'bob' },
      { type: 'block_user', blocked: 'bob' },
      201,
      profile,
    ],
    [
      'DELETE',
      '/api/users/ann/blocked_users/bob/',
      undefined,
      { type: 'unblock_user', blocked: 'bob' },
      204,
      null,
    ],
  ])('%s %s', async (method, url, body, command, status, answer) => {
    expect(await api.ask(method, url, { headers: ann, body })).toMatchObject({ status, body: answer });
    expect(api.commands).toEqual([
      {
        command,
        context: { actor: 'Ann', commandId: expect.any(String), correlationId: expect.any(String) },
      },
    ]);
  });

  it('opens a chat that exists with 200', async () => {
    api.script.reply = accepted(false);
    const answer = await api.ask('PUT', '/api/chats/Bob', { headers: ann });
    expect(answer).toMatchObject({ status: 200, body: { ...chatHeader, messages: [message] } });
  });

  it.each(['friends', 'blocked_users'])(
    'show who was added to %s after one look-up, however many are on it',
    async (list) => {
      const ask = { headers: ann, body: { username: 'bob' } };
      const { body } = await api.ask('POST', `/api/users/Ann/${list}`, ask);
      expect(body).toEqual(profile);
      expect(api.readModels.calls).toEqual([['profile', 'Ann', 'bob']]);
    },
  );

  it('show nobody who blocks the caller by then', async () => {
    api.readModels.users.delete('bob');
    const ask = { headers: ann, body: { username: 'bob' } };
    expectRefusal(await api.ask('POST', '/api/users/Ann/friends', ask), 'blocked');
    api.readModels.know('Bob');
  });

  it.each([{}, undefined])('to change nothing of oneself is no fault: %j', async (body) => {
    api.script.reply = accepted(false);
    const answer = await api.ask('PATCH', '/api/self', { headers: ann, body });
    expect(answer).toMatchObject({ status: 200, body: { username: 'Ann' } });
    expect(api.commands).toMatchObject([{ command: { type: 'update_profile' } }]);
  });

  const COMMANDS = [
    ['PATCH', '/api/self', { nickname: 'Annie' }],
    ['PUT', '/api/chats/Bob', undefined],
    ['POST', '/api/users/Ann/friends', { username: 'Bob' }],
    ['DELETE', '/api/users/Ann/friends/Bob', undefined],
    ['POST', '/api/users/Ann/blocked_users', { username: 'Bob' }],
    ['DELETE', '/api/users/Ann/blocked_users/Bob', undefined],
  ] as const;
  const CODES = [
    'user_not_found',
    'self_chat',
    'self_friend',
    'already_friend',
    'not_friend',
    'blocked',
    'self_block',
    'already_blocked',
    'not_blocked',
    'unavailable',
  ] as const;
  it.each(CODES)('pass on the refusal %s', async (code) => {
    api.script.reply = refused(code);
    for (const [method, url, body] of COMMANDS) {
      const answer = await api.ask(method, url, { headers: ann, body });
      expectRefusal(answer, code);
    }
  });

  it('say when their effect is stored but not visible in time', async () => {
    api.script.wait = async () => false;
    for (const [method, url, body] of COMMANDS)
      expectRefusal(await api.ask(method, url, { headers: ann, body }), 'not_visible_yet');
  });

  it.each([
    ['PUT', '/api/chats/a%00b', undefined, 'user_not_found'],
    ['POST', '/api/users/Ann/friends', { username: 'not a name' }, 'user_not_found'],
    ['DELETE', '/api/users/Ann/friends/%20', undefined, 'user_not_found'],
    ['POST', '/api/users/Bob/friends', undefined, 'forbidden'],
    ['DELETE', '/api/users/Bob/friends/Ann', undefined, 'forbidden'],
    ['POST', '/api/users/Ann/blocked_users', { username: 'not a name' }, 'user_not_found'],
    ['DELETE', '/api/users/Ann/blocked_users/%20', undefined, 'user_not_found'],
    ['POST', '/api/users/Bob/blocked_users', undefined, 'forbidden'],
    ['DELETE', '/api/users/Bob/blocked_users/Ann', undefined, 'forbidden'],
  ] as const)('%s %s with %j is %s without one', async (method, url, body, code) => {
    expectRefusal(await api.ask(method, url, { headers: ann, body }), code);
    expect(api.commands).toEqual([]);
  });

  it.each([
    [{ nickname: '' }, ['nickname']],
    [{ nickname: 'not a name' }, ['nickname']],
    [{ nickname: '..' }, ['nickname']],
    [{ nickname: 'x'.repeat(51) }, ['nickname']],
    [{ nickname: null }, ['nickname']],
    [{ avatar: 'javascript:alert(1)' }, ['avatar']],
    [{ avatar: '//other.example/ann.png' }, ['avatar']],
    [{ avatar: `/${'x'.repeat(512)}` }, ['avatar']],
    [{ avatar: 7 }, ['avatar']],
    [{ nickname: 'Ann', avatar: 'ann.png' }, ['avatar']],
    [{ nickname: 'not a name', avatar: 'ann.png' }, ['nickname', 'avatar']],
  ])('a profile of %j is 422', async (body, fields) => {
    const answer = await api.ask('PATCH', '/api/self', { headers: ann, body });
    expect(answer).toMatchObject({
      status: 422,
      body: fields.map((field) => ({
        loc: ['body', field],
        msg: expect.any(String),
        type: expect.any(String),
      })),
    });
    expect(answer.body).toHaveLength(fields.length);
    expect(api.commands).toEqual([]);
  });

  it.each(['[]', 'null', '"Ann"'])('a profile that is %s is 422', async (body) => {
    const answer = await api.ask('PATCH', '/api/self', { headers: ann, body });
    expect(answer).toMatchObject({ status: 422, body: [{ loc: ['body'], type: 'invalid_type' }] });
  });

  it.each([
    [undefined, ['body', 'username'], 'missing'],
    [{}, ['body', 'username'], 'missing'],
    [{ username: null }, ['body', 'username'], 'invalid_type'],
    [{ username: '' }, ['body', 'username'], 'too_small'],
    [{ username: 'x'.repeat(51) }, ['body', 'username'], 'too_big'],
    [{ username: 'a\u0000b' }, ['body', 'username'], 'custom'],
    ['[]', ['body'], 'invalid_type'],
    ['null', ['body'], 'invalid_type'],
  ])('adding or blocking %j is 422', async (body, loc, type) => {
    for (const list of ['friends', 'blocked_users']) {
      const answer = await api.ask('POST', `/api/users/Ann/${list}`, { headers: ann, body });
      expect(answer, list).toMatchObject({ status: 422, body: [{ loc, type, msg: expect.any(String) }] });
    }
  });
});

describe('who may ask', () => {
  it.each(ROUTES)('%s %s is 401 without a session', async (method, url) => {
    for (const headers of [
      {},
      { cookie: 'access_token=nonsense' },
      { cookie: `csrftoken=a`, 'x-csrftoken': 'b', origin: 'https://evil.example' },
      { authorization: 'Bearer nonsense' },
      { authorization: `Basic ${btoa('Ann:correct horse 7')}` },
    ]) {
      const answer = await api.ask(method, url, { headers });
      expectRefusal(answer, 'unauthenticated');
    }
    expectRefusal(await api.ask(method, url, { body: null }), 'unauthenticated');
    expectRefusal(await api.ask(method, url, { body: '{' }), 'unauthenticated');
  });

  it.each(ROUTES.filter(([method]) => method !== 'GET'))(
    '%s %s by cookie is 403 without proof',
    async (method, url) => {
      const { origin = '', 'x-csrftoken': token = '', cookie = '' } = ann;
      for (const headers of [
        { cookie },
        { cookie, origin },
        { cookie, 'x-csrftoken': token },
        { cookie, origin, 'x-csrftoken': '' },
        { cookie, origin, 'x-csrftoken': `${token}x` },
        { cookie, origin: 'https://evil.example', 'x-csrftoken': token },
        { cookie, origin: 'null', 'x-csrftoken': token },
        { cookie: cookie.replace(/csrftoken=[^;]*/, 'csrftoken='), origin, 'x-csrftoken': '' },
      ]) {
        const answer = await api.ask(method, url, { headers });
        expectRefusal(answer, 'csrf_failed', JSON.stringify(headers));
      }
      expectRefusal(await api.ask(method, url, { headers: { cookie }, body: '{' }), 'csrf_failed');
      expect(api.commands).toEqual([]);
    },
  );

  it('needs no proof with a bearer token, from any origin', async () => {
    const token = /access_token=([^;]*)/.exec(ann.cookie ?? '')?.[1];
    const headers = { authorization: `Bearer ${token}`, origin: 'https://elsewhere.example' };
    expect((await api.ask('PUT', '/api/chats/Bob', { headers })).status).toBe(201);
    expect((await api.ask('GET', '/api/self', { headers })).status).toBe(200);
  });
});

describe('outages', () => {
  it.each(ROUTES.filter(([method]) => method === 'GET'))(
    '%s %s is 503 while the read models are away',
    async (method, url) => {
      api.readModels.failure = new ReadModelsUnavailable('down');
      expectRefusal(await api.ask(method, url, { headers: ann }), 'unavailable');
    },
  );

  it('tells nothing of an unexpected error, and logs it with the id of the request', async () => {
    const secret = 'select secret from table';
    api.readModels.failure = Object.assign(new Error('boom'), { detail: secret });
    api.logLines.length = 0;
    const answer = await api.ask('GET', '/api/self', { headers: ann });
    expectRefusal(answer, 'internal');
    const [failed, answered] = api.logLines.map((line) => JSON.parse(line));
    expect(failed).toMatchObject({
      level: 50,
      err: { message: 'boom' },
      correlationId: answered.correlationId,
    });
    expect(api.logLines.join()).not.toContain(secret);
  });
});
