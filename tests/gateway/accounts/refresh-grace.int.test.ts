import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Accounts } from '../../../gateway/accounts/accounts.ts';
import type { SignedIn } from '../../../gateway/accounts/session-tokens.ts';
import { createSuccession } from '../../../gateway/accounts/succession.ts';
import { type AccountsFixture, clientAt, configuration, openTestAccounts } from './accounts-fixture.ts';

const GRACE_S = configuration.REFRESH_GRACE_S;

let fixture: AccountsFixture;
let gateways: readonly [Accounts, Accounts];
let ann: SignedIn;
beforeAll(async () => {
  fixture = await openTestAccounts();
  gateways = [fixture.accounts, await fixture.open()];
});
afterAll(() => fixture.close());
beforeEach(async () => {
  ann = await fixture.signedUp(`Ann-${randomUUID().slice(0, 8)}`);
  fixture.bus.published.length = 0;
});

async function refreshed(token: string, gateway?: Accounts): Promise<SignedIn> {
  const signedIn = await fixture.refresh(token, gateway);
  if (!signedIn) throw new Error('not refreshed');
  return signedIn;
}
const accepts = (refreshToken: string) =>
  fixture.accounts.acceptsRefresh({ refreshToken, client: clientAt('192.0.2.9') });
const isSignedIn = async ({ accessToken }: SignedIn) =>
  (await fixture.accounts.authenticate(accessToken)) !== null;
const changes = () => fixture.bus.sessionChanges().map(({ change }) => change);

async function expectRevoked(newest: SignedIn): Promise<void> {
  expect(await isSignedIn(newest)).toBe(false);
  expect(await fixture.refresh(newest.refreshToken)).toBeNull();
  expect(changes().filter((change) => change === 'revoked')).toHaveLength(1);
}

describe('a refresh token that comes back within the grace', () => {
  it('is answered with the same tokens, to the letter, at any gateway, and nothing is prolonged twice', async () => {
    const first = await refreshed(ann.refreshToken);
    fixture.passSeconds(GRACE_S - 1);
    expect(await accepts(ann.refreshToken)).toBe(true);
    for (const gateway of gateways) expect(await refreshed(ann.refreshToken, gateway)).toEqual(first);
    expect(await fixture.accounts.find(ann.session.sessionId)).toEqual(first.session);
    expect(await isSignedIn(first)).toBe(true);
    expect(changes()).toEqual(['renewed']);
    expect(fixture.warnings().filter(({ sessionId }) => sessionId === ann.session.sessionId)).toEqual([]);
  });

  it('leaves a successor that goes on like any other', async () => {
    const first = await refreshed(ann.refreshToken);
    await refreshed(ann.refreshToken);
    fixture.passSeconds(600);
    const second = await refreshed(first.refreshToken, gateways[1]);
    expect(new Set([ann, first, second].map(({ refreshToken }) => refreshToken)).size).toBe(3);
    expect(await isSignedIn(second)).toBe(true);
  });

  it('gives all of many at once over two gateways the same successor, and ends nothing', async () => {
    const all = await Promise.all(
      Array.from({ length: 10 }, (_, n) => refreshed(ann.refreshToken, gateways[n % 2])),
    );
    expect(new Set(all.map((one) => JSON.stringify(one))).size).toBe(1);
    expect(await isSignedIn(ann)).toBe(true);
    expect(changes()).toEqual(['renewed']);
  });

  it('is answered also when it has expired meanwhile: its successor has not', async () => {
    fixture.passSeconds(configuration.REFRESH_TOKEN_TTL_S - 1);
    const first = await refreshed(ann.refreshToken);
    fixture.passSeconds(2);
    expect(await refreshed(ann.refreshToken)).toEqual(first);
  });

  it('is worth nothing once the session has been logged out', async () => {
    await refreshed(ann.refreshToken);
    await fixture.accounts.logOut(ann.session.sessionId);
    expect(await accepts(ann.refreshToken)).toBe(false);
    expect(await fixture.refresh(ann.refreshToken)).toBeNull();
    expect(changes()).toEqual(['renewed', 'logged_out']);
  });
});

describe('a refresh token that comes back ends the family', () => {
  it.each([
    ['at the end of the grace', GRACE_S],
    ['much later', 3600],
  ])('%s', async (_when, seconds) => {
    const newest = await refreshed(ann.refreshToken);
    fixture.passSeconds(seconds);
    expect(await fixture.refresh(ann.refreshToken)).toBeNull();
    await expectRevoked(newest);
  });

  it('within the grace, once its successor has been used', async () => {
    const first = await refreshed(ann.refreshToken);
    const newest = await refreshed(first.refreshToken);
    expect(await fixture.refresh(ann.refreshToken)).toBeNull();
    await expectRevoked(newest);
  });

  it('also when it is only looked at', async () => {
    const newest = await refreshed(ann.refreshToken);
    fixture.passSeconds(GRACE_S);
    expect(await accepts(ann.refreshToken)).toBe(false);
    await expectRevoked(newest);
  });

  it('by whoever of thief and owner is late: one in the grace has the same tokens, and they are used up once', async () => {
    const owner = await refreshed(ann.refreshToken);
    const thief = await refreshed(ann.refreshToken, gateways[1]);
    fixture.passSeconds(800);
    const newest = await refreshed(thief.refreshToken);
    fixture.passSeconds(GRACE_S);
    expect(await fixture.refresh(owner.refreshToken, gateways[1])).toBeNull();
    await expectRevoked(newest);
  });

  it('when a gateway of the version before spent it, which knows of no successors', async () => {
    const newest = await refreshed(ann.refreshToken);
    await fixture.pool.query(
      'update accounts.refresh_tokens set successor_salt = null where session_id = $1',
      [ann.session.sessionId],
    );
    expect(await fixture.refresh(ann.refreshToken)).toBeNull();
    await expectRevoked(newest);
  });
});

describe('with clocks that differ', () => {
  it.each([
    ['ahead', GRACE_S - 1, true],
    ['far ahead', GRACE_S, false],
    ['behind', 1 - GRACE_S, true],
    ['far behind', -GRACE_S, false],
  ])('a gateway that is %s by %i s repeats an answer: %s', async (_how, seconds, repeats) => {
    const first = await refreshed(ann.refreshToken);
    fixture.passSeconds(seconds);
    expect(await fixture.refresh(ann.refreshToken)).toEqual(repeats ? first : null);
    fixture.passSeconds(Math.abs(seconds));
  });
});

it('without a grace, one of many at once gets tokens, and the others end the family', async ({
  onTestFinished,
}) => {
  const strict = await openTestAccounts({ REFRESH_GRACE_S: 0 });
  onTestFinished(() => strict.close());
  const { refreshToken } = await strict.signedUp('Ann');
  const other = await strict.open();
  const results = await Promise.all(
    Array.from({ length: 10 }, (_, n) => strict.refresh(refreshToken, n % 2 ? other : strict.accounts)),
  );
  const [winner, ...more] = results.filter((result) => result);
  expect(more).toEqual([]);
  expect(await strict.accounts.authenticate(winner?.accessToken ?? '')).toBeNull();
});

it('what is stored leads to no successor without the secret of the gateways', async () => {
  const { refreshToken } = await refreshed(ann.refreshToken);
  const stored = await fixture.pool.query(
    'select successor_salt, t::text from accounts.refresh_tokens t where session_id = $1 order by spent_at',
    [ann.session.sessionId],
  );
  expect(JSON.stringify(stored.rows)).not.toContain(refreshToken);
  const successorBy = (secret: string) =>
    createSuccession(secret).successorOf(ann.refreshToken, stored.rows[0].successor_salt);
  expect(successorBy(configuration.JWT_SECRET)).toBe(refreshToken);
  expect(successorBy('whoever has the database, and a spent token')).not.toBe(refreshToken);
});
