import { afterEach, describe, expect, it, vi } from 'vitest';
import { eventually } from '../../support/patience.ts';
import { createTestGateway, gate, settle } from './test-gateway.ts';
import type { TestTab } from './test-tab.ts';

const codes = (tabs: readonly TestTab[]) => tabs.map(({ code }) => code);
const welcomed = (tabs: readonly TestTab[]) => tabs.filter((tab) => tab.of('welcome').length > 0).length;
const address = (remoteAddress: string) => ({ remoteAddress });

afterEach(() => {
  vi.useRealTimers();
});

describe('the sockets of one user', () => {
  it('are at most SOCKETS_PER_USER: the next is accepted, then closed with 3030, and the others go on', async () => {
    const { open, connect, feed } = createTestGateway();
    const tabs = await Promise.all(Array.from({ length: 20 }, () => open('ann')));
    const [next, another] = [connect('ann'), connect('ann-phone')];
    await eventually(() => expect(codes([next, another])).toEqual([3030, 3030]));
    expect([next.frames, another.frames]).toEqual([[], []]);
    feed.push('ann', 'one');
    await settle();
    for (const tab of tabs) expect([tab.code, tab.story]).toEqual([undefined, ['welcome', 'one']]);
    expect((await open('bob')).code).toBeUndefined();
  });

  it('are as many when they all come at once', async () => {
    const { connect, sessions } = createTestGateway({ SOCKETS_PER_USER: 5 });
    const answers = gate();
    sessions.answers = answers.opened;
    const tabs = Array.from({ length: 30 }, (_, index) => connect(index % 2 ? 'ann' : 'ann-phone'));
    answers.open();
    await eventually(() => expect(welcomed(tabs)).toBe(5));
    expect(codes(tabs).filter((code) => code === 3030)).toHaveLength(25);
  });

  it.each<[string, (tab: TestTab, parts: ReturnType<typeof createTestGateway>) => void]>([
    ['is closed by its client', (tab) => tab.disconnect()],
    ['breaks the protocol', (tab) => tab.sendText('bad')],
    [
      'breaks the protocol, and its connection ends in the same moment',
      (tab) => {
        tab.sendText('bad');
        tab.disconnect();
      },
    ],
    [
      'is told of the end of its session',
      (_, { sessions, sessionChanged }) => {
        sessions.end('ann-phone');
        sessionChanged({ change: 'logged_out', sessionId: 'ann-phone' });
      },
    ],
  ])('give one place back when one %s', async (_, end) => {
    const parts = createTestGateway({ SOCKETS_PER_USER: 3 });
    const { open, connect } = parts;
    const [tab] = [await open('ann-phone'), await open('ann'), await open('ann')];
    end(tab, parts);
    await settle();
    await open('ann');
    const next = connect('ann');
    await eventually(() => expect(next.code).toBe(3030));
  });

  it('give no place back when one is turned away, or goes before it is known whose it is', async () => {
    const { open, connect, sessions } = createTestGateway({ SOCKETS_PER_USER: 2 });
    await open('ann');
    const answers = gate();
    sessions.answers = answers.opened;
    const gone = connect('ann');
    await settle();
    gone.disconnect();
    answers.open();
    await settle();
    await open('ann');
    for (let time = 0; time < 3; time += 1) {
      const next = connect('ann');
      await eventually(() => expect(next.code).toBe(3030));
    }
  });

  it('count until their connection has ended, whether or not the client answers the close', async () => {
    const { open, connect } = createTestGateway({ SOCKETS_PER_USER: 1 });
    const tab = await open('ann');
    tab.reads = false;
    tab.sendText('bad');
    expect(tab.code).toBe(3100);
    const next = connect('ann');
    await eventually(() => expect(next.code).toBe(3030));
    tab.terminate();
    expect((await open('ann')).code).toBeUndefined();
  });
});

describe('the sockets of one address, before it is known whose they are,', () => {
  it('are at most PENDING_SOCKETS_PER_ADDRESS: further handshakes are refused with 429', async () => {
    const { gateway, connect, sessions, registry } = createTestGateway({ PENDING_SOCKETS_PER_ADDRESS: 3 });
    const answers = gate();
    sessions.answers = answers.opened;
    const tabs = Array.from({ length: 3 }, () => connect('ann', address('192.0.2.1')));
    const handshake = { path: '/ws/events', query: '', headers: { cookie: 'access_token=ann' } };
    const knock = (from: string) => gateway.answerHandshake({ ...handshake, ...address(from) });
    expect(knock('192.0.2.1')).toEqual({ outcome: 'refused', status: 429 });
    expect(knock('192.0.2.2').outcome).toBe('accepted');
    const behindProxy = { ...handshake.headers, 'x-forwarded-for': '192.0.2.1' };
    expect(gateway.answerHandshake({ ...handshake, headers: behindProxy, ...address('10.0.0.1') })).toEqual({
      outcome: 'refused',
      status: 429,
    });
    expect(await registry.metrics()).toContain('refused_handshakes_total{status="429"} 2');
    answers.open();
    await eventually(() => expect(welcomed(tabs)).toBe(3));
    expect(knock('192.0.2.1').outcome).toBe('accepted');
  });

  it.each<[string, string, object, number]>([
    ['without a token', '', { headers: {} }, 3002],
    ['with a wrong token', 'nobody', {}, 3002],
    ['to another path', 'ann', { path: '/ws/other' }, 4000],
  ])(
    'count %s until their connection has ended, which is cut if the client does not end it',
    async (_, session, handshake, code) => {
      vi.useFakeTimers({ toFake: ['setTimeout'] });
      const { connect } = createTestGateway({ PENDING_SOCKETS_PER_ADDRESS: 1 });
      const from = address('192.0.2.1');
      const tab = connect(session, { ...handshake, ...from }, { reads: false });
      await settle();
      expect(tab.code).toBe(code);
      expect(() => connect('ann', from)).toThrow('refused with 429');
      await vi.advanceTimersByTimeAsync(10_000);
      expect(tab.isTerminated).toBe(true);
      expect(() => connect('ann', from)).not.toThrow();
    },
  );

  it('count when their user has too many', async () => {
    const { open, connect } = createTestGateway({ PENDING_SOCKETS_PER_ADDRESS: 1, SOCKETS_PER_USER: 1 });
    await open('ann');
    const tab = connect('ann', {}, { reads: false });
    await eventually(() => expect(tab.code).toBe(3030));
    expect(() => connect('bob')).toThrow('refused with 429');
    tab.terminate();
    expect((await open('bob')).code).toBeUndefined();
  });
});
