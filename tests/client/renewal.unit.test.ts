import { beforeEach, describe, expect, it } from 'vitest';
import { admit, FakeBrowser, type FakeRequest, json, settled } from './fake-environment.ts';
import {
  FakeSession,
  newTab,
  readyTab,
  type StartedTab,
  startedTab,
  unauthenticated,
} from './started-tab.ts';

const self = { username: 'Ann', nickname: 'Ann', avatar: '', is_online: true };

let browser: FakeBrowser;
let session: FakeSession;
/** Whether the server takes the access token of the browser's cookies. */
let isExpired: boolean;
beforeEach(() => {
  browser = new FakeBrowser();
  session = new FakeSession(browser);
  isExpired = false;
  browser.stored.set('rally.session.expires_at', session.expiresAt());
});

function answer({ path }: FakeRequest): Response {
  if (path === '/api/refresh') {
    const response = session.refresh();
    isExpired = response.status !== 204;
    return response;
  }
  return isExpired ? unauthenticated() : json(200, self);
}

function tabs(count: number, withLocks = true): StartedTab[] {
  return Array.from({ length: count }, () => {
    const opened = newTab(browser, withLocks ? {} : { environment: { locks: null } });
    opened.tab.answer = answer;
    return opened;
  });
}

const paths = ({ tab }: StartedTab) => tab.requests.map(({ path }) => path);

describe('renewing the session', () => {
  it('happens once for ten tabs that are refused at the same instant', async () => {
    const all = tabs(10);
    isExpired = true;
    const asked = all.map(({ rally }) => rally.api.self());
    await settled();
    await Promise.all(asked);
    expect(session.refreshes).toBe(1);
  });

  it('happens once also within the second of the sign-in, when the new access token ends as the old one does', async () => {
    browser.stored.set('rally.session.csrf', 'csrf-1');
    const all = tabs(10);
    isExpired = true;
    await Promise.all(all.map(({ rally }) => rally.api.self()));
    expect(session.refreshes).toBe(1);
    expect(browser.stored.get('rally.session.expires_at')).toBe(session.expiresAt());
  });

  it('happens once for ten tabs whose sockets are closed at the same instant', async () => {
    const all = await Promise.all(Array.from({ length: 10 }, () => readyTab(browser)));
    for (const { tab } of all) tab.answer = answer;
    isExpired = true;
    for (const { tab } of all) tab.socket.end(3002);
    await browser.pass(1000);
    expect(session.refreshes).toBe(1);
    expect(all.map(({ tab }) => tab.sockets.length)).toEqual(Array(10).fill(2));
  });

  it('happens once for ten tabs when the access token is about to end, however often they are told', async () => {
    const all = await Promise.all(Array.from({ length: 10 }, () => readyTab(browser)));
    for (const [index, { tab }] of all.entries()) {
      tab.answer = answer;
      tab.chance = index / 10;
    }
    const ping = () => {
      for (const { tab } of all)
        tab.socket.push({
          action: 'ping',
          data: {
            date: new Date(browser.time).toISOString(),
            expires_at: browser.stored.get('rally.session.expires_at'),
          },
        });
    };
    for (let seconds = 0; seconds < 15 * 60 - 125; seconds += 25) {
      await browser.pass(25_000);
      ping();
    }
    expect(session.refreshes).toBe(0);
    for (let seconds = 0; seconds < 120; seconds += 20) {
      await browser.pass(20_000);
      ping();
    }
    expect(session.refreshes).toBe(1);
    expect(all.every(({ rally }) => rally.live.connection.get().phase === 'ready')).toBe(true);
  });

  it('waits five seconds for a frozen tab that holds the lock, then goes on without', async () => {
    const [frozen, other] = tabs(2);
    if (!frozen || !other) return;
    isExpired = true;
    frozen.tab.answer = (request) =>
      request.path === '/api/self' ? unauthenticated() : new Promise(() => {});
    void frozen.rally.api.self().catch(() => {});
    await settled();
    frozen.tab.isFrozen = true;
    const asked = other.rally.api.self();
    await browser.pass(4999);
    expect(paths(other)).toEqual(['/api/self']);
    await browser.pass(1);
    await asked;
    expect(paths(other)).toEqual(['/api/self', '/api/refresh', '/api/self']);
  });

  it('needs no locks', async () => {
    const all = tabs(3, false);
    isExpired = true;
    await Promise.all(all.map(({ rally }) => rally.api.self()));
    expect(session.refreshes).toBeGreaterThan(0);
  });

  it('whose answer is lost is done again, and nobody is signed out', async () => {
    const { tab, rally } = await startedTab(browser);
    isExpired = true;
    let lost = 0;
    tab.answer = (request) => {
      if (request.path === '/api/refresh' && lost++ === 0) throw new TypeError('network');
      return answer(request);
    };
    tab.socket.end(3002);
    await settled();
    expect(rally.live.connection.get()).toMatchObject({ phase: 'waiting', cause: 'unreachable' });
    await browser.pass(1000);
    tab.socket.end(3002);
    await browser.pass(1000);
    await admit(tab.socket);
    expect(rally.live.connection.get()).toEqual({ phase: 'ready' });
    expect(lost).toBe(2);
  });

  it('that is refused signs out, and takes from the storage what there was', async () => {
    const [opened] = tabs(1);
    session.isOver = true;
    isExpired = true;
    await expect(opened?.rally.api.self()).rejects.toMatchObject({ code: 'signed_out' });
    expect(opened?.rally.session.get()).toEqual({ phase: 'signed_out' });
    expect([...browser.stored]).toEqual([]);
  });

  it('is done in time while the client runs, a fifth of a short life before its end', async () => {
    session.lifeMs = 10_000;
    browser.stored.clear();
    const { tab, rally } = await startedTab(browser);
    tab.answer = answer;
    await admit(tab.socket, { expires_at: session.expiresAt() });
    await browser.pass(7499);
    expect(session.refreshes).toBe(0);
    await browser.pass(1);
    expect(session.refreshes).toBe(1);
    await browser.pass(7500);
    expect(session.refreshes).toBe(2);
    rally.stop();
    await browser.pass(60_000);
    expect(session.refreshes).toBe(2);
  });

  it('is done seldom by a clock that is wrong', async () => {
    const { tab } = await readyTab(browser, { expires_at: '2025-12-31T00:00:00.000Z' });
    tab.answer = (request) => {
      const { status } = answer(request);
      return json(status, null, { 'x-session-expires': '2025-12-31T00:15:00.000Z' });
    };
    await browser.pass(45_000);
    expect(session.refreshes).toBeLessThanOrEqual(2);
  });
});

describe('the CSRF token', () => {
  const csrfOf = ({ tab }: StartedTab) => tab.requests.map(({ headers }) => headers.get('x-csrftoken'));

  it('is the cookie, where the page can read it', async () => {
    const opened = newTab(browser);
    opened.tab.answer = () => json(200, { msg: '' });
    browser.cookies.set('csrftoken', 'readable');
    await opened.rally.api.markAllNotificationsRead();
    expect(csrfOf(opened)).toEqual(['readable']);
  });

  it('is otherwise what an answer said last, in any tab', async () => {
    const [first, second] = tabs(2);
    if (!first || !second) return;
    isExpired = true;
    await first.rally.api.self();
    second.tab.answer = () => json(200, { msg: '' });
    await second.rally.api.markAllNotificationsRead();
    expect(csrfOf(second)).toEqual(['csrf-1']);
  });

  it('may change while a command is on its way: it is repeated with the new one, once', async () => {
    const opened = newTab(browser);
    browser.cookies.set('csrftoken', 'old');
    opened.tab.answer = () => {
      browser.cookies.set('csrftoken', 'new');
      return json(403, { msg: '', code: 'csrf_failed' });
    };
    await expect(opened.rally.api.markAllNotificationsRead()).rejects.toMatchObject({ code: 'csrf_failed' });
    expect(csrfOf(opened)).toEqual(['old', 'new']);
  });
});
