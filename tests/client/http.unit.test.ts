import { describe, expect, it } from 'vitest';
import { json, settled } from './fake-environment.ts';
import { message, newTab, readyTab } from './started-tab.ts';

const page = { items: [], count: 0, next: null };

describe('reads', () => {
  it('hold at least what the tab has seen in pushes, welcomes and acks', async () => {
    const { tab, rally } = await readyTab();
    tab.answer = () => json(200, page, { 'x-rally-position': '99.999.7' });
    const named = async () => {
      await rally.api.chats();
      return tab.requests.at(-1)?.headers.get('x-rally-after');
    };
    expect(await named()).toBe('10.999.7');
    tab.socket.push(message('12.0.7'));
    expect(await named()).toBe('12.0.7');
    tab.socket.push(message('11.0.7'));
    expect(await named()).toBe('12.0.7');
    void rally.live.request('read_notification', { id: 'x' });
    tab.socket.push({ action: 'ack', request_id: tab.socket.sent[0]?.request_id, data: { position: '20' } });
    expect(await named()).toBe('20');
  });

  it('tell up to where they hold everything', async () => {
    const { tab, rally } = newTab();
    tab.answer = () => json(200, page, { 'x-rally-position': '5.999.7' });
    expect(await rally.api.chats()).toEqual({ body: page, position: '5.999.7' });
    expect(tab.requests[0]?.headers.has('x-rally-after')).toBe(false);
  });

  it('forget a place of another log, and ask once more without', async () => {
    const { tab, rally } = await readyTab();
    tab.answer = ({ headers }) =>
      headers.has('x-rally-after')
        ? json(422, [{ loc: ['header', 'X-Rally-After'], msg: '', type: 'invalid_cursor' }])
        : json(200, page, { 'x-rally-position': '1.999.8' });
    await rally.api.chats();
    await rally.api.chats();
    expect(tab.requests.map(({ headers }) => headers.get('x-rally-after'))).toEqual(['10.999.7', null, null]);
  });

  it.each([429, 503])(
    'that are refused for the moment (%i) are tried again, three times at most',
    async (status) => {
      const { browser, tab, rally } = newTab();
      tab.answer = () => json(status, { msg: '', code: 'unavailable' }, { 'retry-after': '2' });
      const refused = expect(rally.api.chats()).rejects.toMatchObject({
        code: 'unavailable',
        details: { status, retryable: true, retryAfterMs: 2000 },
      });
      await browser.pass(2499);
      expect(tab.requests).toHaveLength(1);
      await browser.pass(60_000);
      await refused;
      expect(tab.requests).toHaveLength(4);
    },
  );

  it('are not tried again when the wait is long, or nobody says how long', async () => {
    const { tab, rally } = newTab();
    tab.answer = () => json(429, { msg: '', code: 'rate_limited' }, { 'retry-after': '60' });
    await expect(rally.api.chats()).rejects.toMatchObject({ details: { retryAfterMs: 60_000 } });
    tab.answer = () => json(500, { msg: '', code: 'internal' });
    await expect(rally.api.chats()).rejects.toMatchObject({ code: 'internal' });
    expect(tab.requests).toHaveLength(2);
  });
});

describe('requests', () => {
  it('that change something are never sent twice by themselves', async () => {
    const { browser, tab, rally } = newTab();
    tab.answer = () => json(503, { msg: '', code: 'unavailable' }, { 'retry-after': '1' });
    await expect(rally.api.openChat('Bob')).rejects.toMatchObject({ code: 'unavailable' });
    await browser.pass(60_000);
    expect(tab.requests).toHaveLength(1);
  });

  it.each([
    {
      what: 'a refusal',
      response: () => json(404, { msg: 'Gone.', code: 'user_not_found' }),
      code: 'user_not_found',
    },
    {
      what: 'fields',
      response: () => json(422, [{ loc: ['body', 'nickname'], msg: 'Too long.', type: 'x' }]),
      code: 'invalid_fields',
    },
    {
      what: "a proxy's page",
      response: () => new Response('<html>', { status: 502 }),
      code: 'unexpected_answer',
    },
    { what: 'a page instead of a body', response: () => new Response('<html>'), code: 'unexpected_answer' },
    { what: 'no network', response: () => Promise.reject(new TypeError('failed')), code: 'unreachable' },
  ])('reject with a RallyError: $what', async ({ response, code }) => {
    const { tab, rally } = newTab();
    tab.answer = response;
    await expect(rally.api.updateProfile({ nickname: 'x' })).rejects.toMatchObject({
      name: 'RallyError',
      code,
    });
    expect(tab.leftovers().timers).toBe(0);
  });

  it('end when no answer comes', async () => {
    const { browser, tab, rally } = newTab();
    tab.answer = () => new Promise(() => {});
    const refused = expect(rally.api.chats()).rejects.toMatchObject({ code: 'unreachable' });
    await browser.pass(30_000);
    await refused;
  });

  it('name users in paths as they are, oneself by the session', async () => {
    const { tab, rally } = await readyTab(undefined, { username: 'A@n+n' });
    tab.answer = () => json(200, page);
    await rally.api.removeFriend('b@b');
    await rally.api.searchUsers('a b&c', { limit: 5 });
    await rally.api.notifications('unread', { before: 'x.y' });
    expect(tab.requests.map(({ method, path }) => `${method} ${path}`)).toEqual([
      'DELETE /api/users/A%40n%2Bn/friends/b%40b',
      'GET /api/users?search=a+b%26c&limit=5',
      'GET /api/notifications?is_read=unread&before=x.y',
    ]);
  });

  it('bring a token of the host, asked for again once when it is not taken', async () => {
    let count = 0;
    const { tab, rally } = newTab(undefined, { session: async () => `t${++count}` });
    tab.answer = ({ headers }) =>
      headers.get('authorization') === 'Bearer t2'
        ? json(200, page)
        : json(401, { msg: '', code: 'unauthenticated' });
    await rally.api.chats();
    await expect(rally.api.chats()).rejects.toMatchObject({ code: 'unauthenticated' });
    expect(tab.requests.map(({ headers }) => headers.get('authorization'))).toEqual(
      [1, 2, 3, 4].map((n) => `Bearer t${n}`),
    );
  });

  it('that sign in are refused as the server says: nothing is renewed', async () => {
    const { tab, rally } = newTab();
    tab.answer = () => json(401, { msg: 'Wrong.', code: 'invalid_credentials' });
    await expect(rally.api.logIn({ username: 'Ann', password: 'x' })).rejects.toMatchObject({
      code: 'invalid_credentials',
    });
    expect(tab.requests).toHaveLength(1);
  });

  it('that log out end the session, the connection, and what the browser knew', async () => {
    const { browser, tab, rally } = await readyTab();
    tab.answer = () => json(204, null);
    await rally.api.logOut();
    await settled();
    expect(rally.session.get()).toEqual({ phase: 'signed_out' });
    expect(rally.live.connection.get()).toEqual({ phase: 'closed', cause: 'logged_out' });
    expect([...browser.stored.keys()]).toEqual([]);
  });
});
