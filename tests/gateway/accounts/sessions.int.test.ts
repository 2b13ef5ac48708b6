import { randomUUID } from 'node:crypto';
import { SignJWT } from 'jose';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Accounts } from '../../../gateway/accounts/accounts.ts';
import type { SignedIn } from '../../../gateway/accounts/session-tokens.ts';
import { eventually } from '../../support/patience.ts';
import { type AccountsFixture, clientAt, openTestAccounts } from './accounts-fixture.ts';

let fixture: AccountsFixture;
let ann: SignedIn;
beforeAll(async () => {
  fixture = await openTestAccounts();
});
afterAll(() => fixture.close());
beforeEach(async () => {
  ann = await fixture.signedUp(`Ann-${randomUUID().slice(0, 8)}`);
  fixture.bus.published.length = 0;
});

const refresh = (token: string, accounts?: Accounts) => fixture.refresh(token, accounts);
const accepts = (refreshToken: string) =>
  fixture.accounts.acceptsRefresh({ refreshToken, client: clientAt('192.0.2.9') });
const authenticate = (token: string) => fixture.accounts.authenticate(token);

describe('access token', () => {
  it('names its session until it expires', async () => {
    expect(await authenticate(ann.accessToken)).toEqual(ann.session);
    expect(ann.session.expiresAt).toEqual(
      new Date(Math.floor(fixture.clock().getTime() / 1000) * 1000 + 900_000),
    );
    fixture.passSeconds(899);
    expect(await authenticate(ann.accessToken)).toEqual(ann.session);
    fixture.passSeconds(1);
    expect(await authenticate(ann.accessToken)).toBeNull();
  });

  const sign = (claims: Record<string, string>, key = fixture.configuration.JWT_SECRET) =>
    new SignJWT({ sub: 'Ann', sid: ann.session.sessionId, iss: 'rally', aud: 'rally', ...claims })
      .setProtectedHeader({ alg: 'HS256' })
      .setExpirationTime(new Date(fixture.clock().getTime() + 60_000))
      .sign(Buffer.from(key));

  it.each([
    ['nothing', async () => ''],
    ['noise', async () => 'a.b.c'],
    ['another signature', () => sign({}, 'another secret of at least thirty-two characters')],
    ['no algorithm', async () => `${btoa('{"alg":"none"}')}.${ann.accessToken.split('.')[1]}.`],
    ['another issuer', () => sign({ iss: 'other' })],
    ['another audience', () => sign({ aud: 'other' })],
    ['an unknown session', () => sign({ sid: randomUUID() })],
    ['a session id that is none', () => sign({ sid: "x'); drop table accounts" })],
    ['the refresh token', async () => ann.refreshToken],
    [
      'no expiry',
      () =>
        new SignJWT({ sub: 'Ann', sid: ann.session.sessionId, iss: 'rally', aud: 'rally' })
          .setProtectedHeader({ alg: 'HS256' })
          .sign(Buffer.from(fixture.configuration.JWT_SECRET)),
    ],
  ])('is not accepted with %s', async (_case, forge) => {
    expect(await authenticate(await forge())).toBeNull();
  });

  it('is accepted when this test signs it like the accounts do', async () => {
    expect(await authenticate(await sign({}))).toMatchObject({ sessionId: ann.session.sessionId });
  });
});

it('sessions that are looked up together cost one query', async () => {
  const query = vi.spyOn(fixture.pool, 'connect');
  const { sessionId } = ann.session;
  const found = await Promise.all(
    [sessionId, randomUUID(), sessionId, randomUUID()].map((id) => fixture.accounts.find(id)),
  );
  expect(found).toEqual([ann.session, null, ann.session, null]);
  expect(query).toHaveBeenCalledTimes(1);
  query.mockRestore();
});

describe('logout', () => {
  it('ends the session at once, in every gateway, and says so', async () => {
    const other = await fixture.open();
    await fixture.accounts.logOut(ann.session.sessionId);
    expect(await other.authenticate(ann.accessToken)).toBeNull();
    expect(await other.find(ann.session.sessionId)).toBeNull();
    expect(await refresh(ann.refreshToken)).toBeNull();
    expect(fixture.bus.sessionChanges()).toEqual([
      { change: 'logged_out', sessionId: ann.session.sessionId },
    ]);
  });

  it('leaves the other sessions of the user alone', async () => {
    const second = await fixture.logIn(ann.session.username);
    await fixture.accounts.logOut(ann.session.sessionId);
    if (second.outcome !== 'signed_in') throw new Error(second.outcome);
    expect(await authenticate(second.signedIn.accessToken)).toEqual(second.signedIn.session);
  });
});

describe('refresh', () => {
  it('exchanges the token, prolongs the session and says so', async () => {
    fixture.passSeconds(600);
    const renewed = await refresh(ann.refreshToken);
    expect(renewed?.session).toEqual({
      ...ann.session,
      expiresAt: new Date(ann.session.expiresAt.getTime() + 600_000),
    });
    expect(await fixture.accounts.find(ann.session.sessionId)).toEqual(renewed?.session);
    expect(await authenticate(renewed?.accessToken ?? '')).toEqual(renewed?.session);
    expect(await authenticate(ann.accessToken)).not.toBeNull();
    expect(fixture.bus.sessionChanges()).toEqual([
      {
        change: 'renewed',
        sessionId: ann.session.sessionId,
        expiresAt: renewed?.session.expiresAt.toISOString(),
      },
    ]);
  });

  it('works until the token expires', async () => {
    fixture.passSeconds(7199);
    expect(await accepts(ann.refreshToken)).toBe(true);
    fixture.passSeconds(1);
    expect(await accepts(ann.refreshToken)).toBe(false);
    expect(await refresh(ann.refreshToken)).toBeNull();
    expect(fixture.bus.sessionChanges()).toEqual([]);
  });

  it.each(['', 'unknown', '\u0000', 'x'.repeat(10_000)])('knows nothing of %j', async (token) => {
    expect(await accepts(token)).toBe(false);
    expect(await refresh(token)).toBeNull();
  });

  it('revokes the family when a spent token comes back', async () => {
    const renewed = await refresh(ann.refreshToken);
    fixture.passSeconds(10);
    expect(await refresh(ann.refreshToken)).toBeNull();
    expect(await authenticate(renewed?.accessToken ?? '')).toBeNull();
    expect(await refresh(renewed?.refreshToken ?? '')).toBeNull();
    expect(fixture.bus.sessionChanges().map(({ change }) => change)).toEqual(['renewed', 'revoked']);
  });

  it('revokes it also when the spent token is only looked at, or has expired meanwhile', async () => {
    const second = await refresh(ann.refreshToken);
    fixture.passSeconds(7000);
    const third = await refresh(second?.refreshToken ?? '');
    fixture.passSeconds(1000);
    expect(await accepts(ann.refreshToken)).toBe(false);
    expect(await accepts(third?.refreshToken ?? '')).toBe(false);
  });

  it('tells the log once of a spent token that came back: which session, and from where', async () => {
    const renewed = await refresh(ann.refreshToken);
    fixture.passSeconds(10);
    for (let n = 0; n < 5; n += 1) {
      await accepts(ann.refreshToken);
      await refresh(ann.refreshToken);
      await refresh(renewed?.refreshToken ?? '');
    }
    const { sessionId } = ann.session;
    expect(fixture.warnings().filter((line) => line.sessionId === sessionId)).toEqual([
      expect.objectContaining({ address: '192.0.2.9', msg: expect.stringContaining('refresh token') }),
    ]);
    expect(JSON.stringify(fixture.warnings())).not.toContain('Ann');
  });

  it('does not bring back a session that is being logged out', async () => {
    const [renewed] = await Promise.all([
      refresh(ann.refreshToken),
      fixture.accounts.logOut(ann.session.sessionId),
    ]);
    expect(await authenticate(renewed?.accessToken ?? ann.accessToken)).toBeNull();
  });
});

describe('stored sessions', () => {
  const rows = async (table: string) => {
    const { rows } = await fixture.pool.query(`select t.* from accounts.${table} t where session_id = $1`, [
      ann.session.sessionId,
    ]);
    return rows;
  };

  it('hold no token', async () => {
    const [token] = await rows('refresh_tokens');
    expect(JSON.stringify([token, await rows('sessions')])).not.toContain(ann.refreshToken);
    expect(token.token_hash).toHaveLength(32);
  });

  it('are forgotten a week after they could last be refreshed', async () => {
    fixture.passSeconds(7 * 86_400);
    await fixture.logIn(ann.session.username);
    expect(await rows('sessions')).toHaveLength(1);
    fixture.passSeconds(7201);
    // Earlier tests left sessions too; each login sweeps some of the oldest.
    await eventually(async () => {
      await fixture.logIn(ann.session.username);
      expect(await rows('sessions')).toHaveLength(0);
    });
    expect(await rows('refresh_tokens')).toHaveLength(0);
  });
});
