import { randomUUID } from 'node:crypto';
import { afterEach, describe, expect, it } from 'vitest';
import { PASSWORD } from '../accounts/accounts-fixture.ts';
import { type ApiFixture, ORIGIN, openTestApi, signUpForm } from './api-fixture.ts';

/** The fixture's limit: after so many failures from one address an account's next try from there is refused. */
const FAILURES = 3;
const OURS = '10.0.0.1';

describe('the address that failed logins count against', () => {
  let api: ApiFixture;
  afterEach(() => api.drop());

  /** The status of a right login from `next` after `FAILURES` wrong ones from `first`, all through one peer. */
  async function rightLogin(trustedProxyHops: number, first: string | null, next: string | null) {
    api = await openTestApi({ trustedProxyHops });
    const username = `u${randomUUID().slice(0, 8)}`;
    await api.signUp(username);
    const logIn = (password: string, forwarded: string | null) =>
      api.ask('POST', '/api/login', {
        body: { username, password },
        remoteAddress: OURS,
        headers: forwarded === null ? {} : { 'x-forwarded-for': forwarded },
      });
    for (let failed = 0; failed < FAILURES; failed += 1)
      expect((await logIn('wrong password 1', first)).status).toBe(401);
    return (await logIn(PASSWORD, next)).status;
  }

  it.each([
    ['without proxies, what clients say of themselves counts for nothing', 0, '192.0.2.1', '192.0.2.2', 429],
    ['behind one, clients are told apart', 1, '192.0.2.1', '192.0.2.2', 200],
    [
      'behind one, a client is the same with whatever it puts before',
      1,
      '192.0.2.1',
      '7.7.7.7, 192.0.2.1',
      429,
    ],
    ['behind two, clients are told apart', 2, '192.0.2.1, 10.0.0.2', '192.0.2.2, 10.0.0.2', 200],
    [
      'behind two, what a client puts before counts for nothing',
      2,
      '192.0.2.1, 10.0.0.2',
      '7, 192.0.2.1, 10.0.0.2',
      429,
    ],
    ['without the header, it is the peer', 1, null, null, 429],
    ['behind one, ports are not told apart', 1, '192.0.2.1:1000', '192.0.2.1:1001', 429],
    ['behind one, nor are the addresses of a network', 1, '2001:db8:1:1::1', '2001:0DB8:1:1::f', 429],
    ['behind one, nor is what is no address', 1, 'x1', 'x2', 429],
  ])('%s', async (_, hops, first, next, status) => {
    expect(await rightLogin(hops, first, next)).toBe(status);
  });
});

it('a page behind a proxy that ends TLS gets Secure cookies and may use them', async () => {
  const publicAddress = { HOST: '0.0.0.0', ALLOWED_ORIGINS: [ORIGIN, 'https://play.example.com'] };
  const api = await openTestApi({ trustedProxyHops: 1, publicAddress });
  // The proxy's own default for Host, which is the gateway's address.
  const headers = { host: '127.0.0.1:8080', 'x-forwarded-proto': 'https', 'x-forwarded-for': '192.0.2.1' };
  const answer = await api.ask('POST', '/api/signup', { body: signUpForm('Ann'), headers });
  expect(answer.status).toBe(201);
  for (const cookie of answer.cookies.values()) expect(cookie).toContain('; Secure;');
  await api.drop();
});
