import { describe, expect, it } from 'vitest';
import type { Connection } from '../../client/live.ts';
import { CLOSE_CODES, type CloseCodeName } from '../../protocol/close-codes.ts';
import { admit, json, settled, welcome } from './fake-environment.ts';
import { FakeSession, newTab, readyTab, startedTab, unauthenticated } from './started-tab.ts';

/** Half of what chance allows: the fake browser's chance is 0.5. */
const FIRST_WAIT_MS = 250;

/** What becomes of a connection that was welcomed. `triesAfterMs` null: it does not come back by itself. */
const REACTIONS: Readonly<Record<CloseCodeName, { state: object; triesAfterMs: number | null }>> = {
  NORMAL: { state: { phase: 'closed', cause: 'logged_out' }, triesAfterMs: null },
  CANCELLED: { state: { phase: 'waiting', cause: 'server_restarts' }, triesAfterMs: FIRST_WAIT_MS },
  ILLEGAL_CONNECTION: { state: { phase: 'connecting' }, triesAfterMs: FIRST_WAIT_MS },
  SLOW_CONSUMER: { state: { phase: 'waiting', cause: 'too_slow' }, triesAfterMs: FIRST_WAIT_MS },
  RATE_LIMITED: { state: { phase: 'waiting', cause: 'rate_limited' }, triesAfterMs: 10_000 + FIRST_WAIT_MS },
  TOO_MANY_SOCKETS: {
    state: { phase: 'waiting', cause: 'too_many_tabs' },
    triesAfterMs: 60_000 + FIRST_WAIT_MS,
  },
  BAD_DATA: { state: { phase: 'closed', cause: 'bad_data' }, triesAfterMs: null },
  UNKNOWN_ROUTE: { state: { phase: 'closed', cause: 'unknown_route' }, triesAfterMs: null },
};

const codes = Object.entries(REACTIONS).map(([name, reaction]) => ({
  name,
  code: Object.entries(CLOSE_CODES).find(([key]) => key === name)?.[1].code ?? 0,
  ...reaction,
}));

describe('a socket that is closed', () => {
  it('may be by any code of the protocol', () => {
    expect(codes.map(({ code }) => code)).toEqual(Object.values(CLOSE_CODES).map(({ code }) => code));
  });

  it.each(codes)('with $code ($name) leads to $state.phase', async ({ code, state, triesAfterMs }) => {
    const { browser, tab, rally } = await readyTab();
    const session = new FakeSession(browser);
    tab.answer = () => session.refresh();
    tab.socket.end(code);
    await settled();
    expect(rally.live.connection.get()).toMatchObject(state);
    await browser.pass((triesAfterMs ?? 24 * 60 * 60 * 1000) - 1);
    expect(tab.sockets).toHaveLength(1);
    if (triesAfterMs === null) return;
    await browser.pass(1);
    expect(tab.sockets).toHaveLength(2);
    expect(tab.socket.url.search).toBe('?cursor=10.999.7');
    rally.stop();
  });

  it('with 3002 is renewed first, once', async () => {
    const { browser, tab, rally } = await readyTab();
    const session = new FakeSession(browser);
    tab.answer = () => session.refresh();
    tab.socket.end(3002);
    await browser.pass(1000);
    expect(tab.requests.map(({ method, path }) => `${method} ${path}`)).toEqual(['POST /api/refresh']);
    tab.socket.end(3002);
    await browser.pass(60_000);
    expect(rally.live.connection.get()).toEqual({ phase: 'closed', cause: 'signed_out' });
    expect(session.refreshes).toBe(1);
  });

  it('with 3002, and the session is over: is signed out, and begins anew when somebody signs in', async () => {
    const { browser, tab, rally } = await startedTab();
    tab.answer = unauthenticated;
    tab.socket.end(3002);
    await browser.pass(60_000);
    expect(rally.live.connection.get()).toEqual({ phase: 'closed', cause: 'signed_out' });
    expect(rally.session.get()).toEqual({ phase: 'signed_out' });
    tab.answer = () => json(200, { username: 'Ann', nickname: 'Ann', avatar: '' });
    await rally.api.logIn({ username: 'Ann', password: 'x' });
    await settled();
    expect(tab.sockets).toHaveLength(2);
    await admit(tab.socket);
    expect(rally.live.connection.get()).toEqual({ phase: 'ready' });
    expect(rally.session.get()).toEqual({ phase: 'signed_in', username: 'Ann' });
  });

  it('with 3002, and nobody can be reached: waits, and is not signed out', async () => {
    const { tab, rally } = await startedTab();
    tab.answer = () => Promise.reject(new TypeError('network'));
    tab.socket.end(3002);
    await settled();
    expect(rally.live.connection.get()).toMatchObject({ phase: 'waiting', cause: 'unreachable' });
    expect(rally.session.get()).toEqual({ phase: 'unknown' });
  });

  it('with 3030 while nobody looks: waits for somebody to look, once a minute at most', async () => {
    const { browser, tab, rally } = await startedTab();
    tab.isVisible = false;
    tab.socket.end(3030);
    expect(rally.live.connection.get()).toMatchObject({ retryAt: null });
    await browser.pass(10_000);
    await tab.wake('online');
    await browser.pass(600_000);
    expect(tab.sockets).toHaveLength(1);
    tab.isVisible = true;
    await tab.wake('seen');
    await browser.pass(0);
    expect(tab.sockets).toHaveLength(2);
    tab.socket.end(3030);
    for (let look = 0; look < 5; look += 1) {
      await browser.pass(10_000);
      await tab.wake('seen');
    }
    expect(tab.sockets).toHaveLength(2);
    await browser.pass(10_000);
    expect(tab.sockets).toHaveLength(3);
  });
});

describe('waiting', () => {
  /** Ends each socket at once and says after how long the next came. */
  async function waits(count: number, beforeEnd: (index: number) => Promise<void> = async () => {}) {
    const { browser, tab, rally } = await startedTab();
    tab.chance = 0.999_999;
    tab.answer = () => Promise.reject(new TypeError('network'));
    const found: number[] = [];
    for (let index = 0; index < count; index += 1) {
      await beforeEnd(index);
      tab.socket.end();
      const ended = browser.time;
      const before = tab.sockets.length;
      while (tab.sockets.length === before) await browser.pass(100);
      found.push(Math.round((browser.time - ended) / 100) * 100);
    }
    rally.stop();
    return { found, tab };
  }

  it('takes up to 0.5 s at first, then twice as long each time, 20 s at most', async () => {
    const { found } = await waits(8);
    expect(found).toEqual([500, 1000, 2000, 4000, 8000, 16_000, 20_000, 20_000]);
  });

  it.each([
    { heldMs: 4900, second: 1000 },
    { heldMs: 5000, second: 500 },
  ])('begins anew only after a welcome that held: $heldMs ms', async ({ heldMs, second }) => {
    const { browser, tab } = await startedTab();
    tab.chance = 0.999_999;
    for (const expected of [500, second]) {
      tab.socket.open();
      tab.socket.push(welcome());
      await browser.pass(heldMs);
      tab.socket.end();
      const before = tab.sockets.length;
      await browser.pass(expected - 10);
      expect(tab.sockets).toHaveLength(before);
      await browser.pass(20);
      expect(tab.sockets).toHaveLength(before + 1);
    }
  });

  it('is not begun anew by a socket that opens and is closed again', async () => {
    const { browser, tab } = await startedTab();
    tab.chance = 0.999_999;
    tab.socket.open();
    await browser.pass(10_000);
    tab.socket.end(3001);
    await browser.pass(510);
    tab.socket.open();
    tab.socket.end(3001);
    await browser.pass(900);
    expect(tab.sockets).toHaveLength(2);
    await browser.pass(200);
    expect(tab.sockets).toHaveLength(3);
  });

  it('asks after three refused handshakes whether the session is the reason', async () => {
    const { browser, tab, rally } = await startedTab();
    tab.answer = unauthenticated;
    for (let index = 0; index < 2; index += 1) {
      tab.socket.end();
      await browser.pass(2000);
    }
    expect(tab.requests).toHaveLength(0);
    tab.socket.end();
    await settled();
    expect(tab.requests.map(({ path }) => path)).toEqual(['/api/self', '/api/refresh']);
    expect(rally.live.connection.get()).toEqual({ phase: 'closed', cause: 'signed_out' });
  });

  it('goes on after three refused handshakes when the session is not the reason', async () => {
    const { browser, tab } = await startedTab();
    tab.answer = () => Promise.reject(new TypeError('network'));
    for (let index = 0; index < 7; index += 1) {
      tab.socket.end();
      await browser.pass(20_000);
    }
    expect(tab.requests.map(({ path }) => path)).toEqual(['/api/self', '/api/self']);
    expect(tab.sockets).toHaveLength(8);
  });

  it.each(['online', 'seen', 'thawed'] as const)(
    'ends when the tab is %s, once a second at most',
    async (cause) => {
      const { browser, tab } = await startedTab();
      tab.chance = 0.9;
      for (let tries = 1; tries < 7; tries += 1) {
        tab.socket.end();
        while (tab.sockets.length === tries) await browser.pass(100);
      }
      tab.socket.end();
      for (let look = 0; look < 4; look += 1) {
        await browser.pass(200);
        await tab.wake(cause);
      }
      expect(tab.sockets).toHaveLength(7);
      await browser.pass(200);
      expect(tab.sockets).toHaveLength(8);
    },
  );

  it('without a network says so, and ends when it is back', async () => {
    const { browser, tab, rally } = await readyTab();
    tab.isOnline = false;
    await tab.wake('offline');
    expect(rally.live.connection.get()).toEqual({ phase: 'offline' });
    expect(tab.sockets[0]?.state).toBe('closed');
    await browser.pass(100);
    tab.isOnline = true;
    await tab.wake('online');
    await browser.pass(1000);
    expect(tab.sockets).toHaveLength(2);
    await admit(tab.socket, { recovered: true });
    expect(rally.live.connection.get()).toEqual({ phase: 'ready' });
  });
});

describe('silence', () => {
  it('for two pings ends the connection', async () => {
    const { browser, tab, rally } = await readyTab();
    await browser.pass(49_000);
    tab.socket.push({
      action: 'ping',
      data: { date: '2026-01-01T00:00:49.000Z', expires_at: welcome().data.expires_at },
    });
    await browser.pass(49_999);
    expect(rally.live.connection.get()).toEqual({ phase: 'ready' });
    const [first] = tab.sockets;
    await browser.pass(1);
    expect(rally.live.connection.get()).toMatchObject({ phase: 'waiting', cause: 'silent' });
    expect(first?.state).toBe('closed');
  });

  it.each(['thawed', 'seen', 'online'] as const)(
    'of a frozen tab is seen when it is %s, before any timer',
    async (cause) => {
      const { browser, tab, rally } = await readyTab();
      tab.isFrozen = true;
      await browser.pass(3_600_000);
      await tab.wake(cause);
      expect(rally.live.connection.get()).toMatchObject({ phase: 'waiting', cause: 'silent' });
      tab.isFrozen = false;
      await browser.pass(1000);
      expect(tab.sockets).toHaveLength(2);
    },
  );

  it('before the welcome is a failure', async () => {
    const { browser, tab, rally } = await startedTab();
    tab.socket.open();
    await browser.pass(30_000);
    expect(rally.live.connection.get()).toMatchObject({ phase: 'waiting', cause: 'unreachable' });
  });
});

describe('a connection', () => {
  it('has no effect before it is started, and none after it was stopped', async () => {
    const { browser, tab, rally } = newTab();
    await browser.pass(60_000);
    expect([tab.sockets, tab.requests, tab.leftovers()]).toEqual([
      [],
      [],
      { timers: 0, listeners: 0, sockets: 0, locks: 0 },
    ]);
    expect(browser.stored.size).toBe(0);
    rally.start();
    rally.start();
    await settled();
    await admit(tab.socket);
    rally.stop();
    expect(rally.live.connection.get()).toEqual({ phase: 'ready' });
    rally.stop();
    rally.stop();
    await settled();
    expect(rally.live.connection.get()).toEqual({ phase: 'idle' });
    expect(tab.leftovers()).toEqual({ timers: 0, listeners: 0, sockets: 0, locks: 0 });
  });

  it('tells of each phase once, the same value until it changes', async () => {
    const { tab, rally } = newTab();
    const phases: Connection['phase'][] = [];
    rally.live.connection.subscribe(() => phases.push(rally.live.connection.get().phase));
    rally.start();
    await settled();
    await admit(tab.socket);
    expect(phases).toEqual(['connecting', 'catching_up', 'ready']);
  });

  it('is catching up until everything is loaded anew', async () => {
    const { tab, rally } = newTab();
    let loaded = () => {};
    rally.live.onWelcome(() => new Promise<void>((resolve) => (loaded = resolve)));
    rally.start();
    await settled();
    await admit(tab.socket);
    expect(rally.live.connection.get()).toEqual({ phase: 'catching_up' });
    loaded();
    await settled();
    expect(rally.live.connection.get()).toEqual({ phase: 'ready' });
  });

  it('brings a token of the host as the subprotocol, another one at each try', async () => {
    let count = 0;
    const session = async () => `token-${++count}`;
    const { browser, tab, rally } = await startedTab(undefined, { session });
    expect(tab.socket.protocols).toEqual(['bearer', 'token-1']);
    tab.socket.end(3002);
    await browser.pass(1000);
    expect(tab.socket.protocols).toEqual(['bearer', 'token-2']);
    tab.socket.end(3002);
    await browser.pass(60_000);
    expect(rally.live.connection.get()).toEqual({ phase: 'closed', cause: 'signed_out' });
    expect(tab.requests).toEqual([]);
  });

  it.each(['signed in', 'signed in as somebody else'])('begins anew when another tab has %s', async (how) => {
    const { browser, tab, rally } = await readyTab();
    const other = newTab(browser);
    const username = how === 'signed in' ? 'Ann' : 'Bob';
    other.tab.answer = () =>
      json(200, { username, nickname: '', avatar: '' }, { 'x-session-expires': '2026-01-02T00:00:00.000Z' });
    if (how === 'signed in') {
      tab.socket.end(3000);
      expect(rally.live.connection.get()).toEqual({ phase: 'closed', cause: 'logged_out' });
    }
    await other.rally.api.logIn({ username, password: 'x' });
    await settled();
    expect(tab.sockets).toHaveLength(2);
    const welcomes: boolean[] = [];
    rally.live.onWelcome(({ recovered }) => void welcomes.push(recovered));
    await admit(tab.socket, { username, recovered: true });
    expect(rally.session.get()).toEqual({ phase: 'signed_in', username });
    expect(welcomes).toEqual([how === 'signed in']);
  });
});
