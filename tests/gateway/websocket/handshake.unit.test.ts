import { describe, expect, it } from 'vitest';
import { eventually } from '../../support/patience.ts';
import { createTestGateway, gate, ORIGIN, settle } from './test-gateway.ts';

const handshake = (changes: object) => ({
  path: '/ws/events',
  query: '',
  headers: {},
  remoteAddress: '127.0.0.1',
  ...changes,
});

describe('a handshake', () => {
  it.each(['/', '/api', '/wx', '/socket.io'])('to %s is refused with 404', (path) => {
    const { gateway } = createTestGateway();
    expect(gateway.answerHandshake(handshake({ path }))).toEqual({ outcome: 'refused', status: 404 });
  });

  it.each(['https://evil.example', 'null', '', 'https://rally.example.evil'])(
    'from the origin %j is refused with 403',
    (origin) => {
      const { gateway } = createTestGateway();
      const headers = { origin, cookie: 'access_token=ann' };
      expect(gateway.answerHandshake(handshake({ headers }))).toEqual({ outcome: 'refused', status: 403 });
    },
  );

  it.each(['/ws', '/ws/', '/ws/event', '/ws/events/more', '/ws/EVENTS', '/wsx'])(
    'to %s is accepted, then closed with 4000',
    (path) => {
      const { connect } = createTestGateway();
      expect(connect('ann', { path }).code).toBe(4000);
    },
  );

  it.each([
    ['without credentials', {}],
    ['with an unknown cookie', { cookie: 'access_token=nobody' }],
    ['with an empty cookie', { cookie: 'access_token=' }],
    ['with another cookie', { cookie: 'refresh_token=ann' }],
    ['with an unknown bearer', { authorization: 'Bearer nobody' }],
    ['with another scheme', { authorization: 'Basic ann' }],
    ['with an unknown subprotocol token', { 'sec-websocket-protocol': 'bearer, nobody' }],
    ['with a subprotocol, but no token', { 'sec-websocket-protocol': 'bearer' }],
  ])('%s is accepted, then closed with 3002', async (_, headers) => {
    const { connect } = createTestGateway();
    const tab = connect('', { headers });
    await eventually(() => expect(tab.code).toBe(3002));
    expect(tab.frames).toEqual([]);
  });

  it.each<[string, Record<string, string>, string | undefined]>([
    ['a cookie', { cookie: 'a=1; access_token=ann; b=2' }, undefined],
    ['Authorization', { authorization: 'Bearer ann' }, undefined],
    ['a subprotocol', { 'sec-websocket-protocol': 'bearer, ann' }, 'bearer'],
    ['a subprotocol in capitals', { 'sec-websocket-protocol': 'Bearer,ann' }, 'Bearer'],
    [
      'a cookie, while offering a subprotocol',
      { cookie: 'access_token=ann', 'sec-websocket-protocol': 'bearer' },
      'bearer',
    ],
    ['a cookie from an allowed origin', { cookie: 'access_token=ann', origin: ORIGIN }, undefined],
  ])('with %s is welcomed', async (_, headers, protocol) => {
    const { connect } = createTestGateway();
    const tab = connect('', { headers });
    await eventually(() => expect(tab.story).toEqual(['welcome']));
    expect(tab.frames[0]?.data).toMatchObject({ session_id: 'ann', username: 'Ann', recovered: false });
    expect(tab.protocol).toBe(protocol);
  });

  it('with a trailing slash is welcomed', async () => {
    const { connect } = createTestGateway();
    const tab = connect('ann', { path: '/ws/events/' });
    await eventually(() => expect(tab.story).toEqual(['welcome']));
  });

  it('while sessions cannot be looked up is closed with 3001', async () => {
    const { connect, sessions } = createTestGateway();
    sessions.unavailable = true;
    const tab = connect('ann');
    await eventually(() => expect(tab.code).toBe(3001));
  });

  it('while the bus cannot be subscribed to is closed with 3001; later ones are welcomed', async () => {
    const { connect, open, bus } = createTestGateway();
    bus.broken = true;
    const tab = connect('ann');
    await eventually(() => expect(tab.code).toBe(3001));
    bus.broken = false;
    const first = await open('ann');
    bus.broken = true;
    const other = connect('bob');
    await eventually(() => expect(other.code).toBe(3001));
    bus.broken = false;
    expect((await open('bob')).code).toBeUndefined();
    expect(first.code).toBeUndefined();
  });

  it('of a tab that goes away meanwhile leaves nothing behind', async () => {
    const { connect, sessions, bus, feed } = createTestGateway();
    const authenticated = gate();
    sessions.answers = authenticated.opened;
    const tab = connect('ann');
    await settle();
    tab.disconnect();
    authenticated.open();
    await settle();
    expect(bus.subjects).toEqual(['session.changed']);
    expect(feed.lookUps).toBe(0);
    expect(tab.frames).toEqual([]);
  });
});
