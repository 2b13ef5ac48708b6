import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { SessionsUnavailable } from '../../../gateway/accounts/session.ts';
import { type AccountsFixture, clientAt, openTestAccounts } from './accounts-fixture.ts';

const WRONG = 'wrong password 1';
let fixture: AccountsFixture;
let ann: string;
let address = 0;
beforeAll(async () => {
  fixture = await openTestAccounts({ LOGIN_LIMIT: 3, LOGIN_WINDOW_S: 600 });
});
afterAll(() => fixture.close());
beforeEach(async () => {
  ann = `Ann-${randomUUID().slice(0, 8)}`;
  await fixture.signedUp(ann);
  address += 1;
});

const logIn = (identifier: string, password: string, from = address) =>
  fixture.logIn(identifier, password, `192.0.2.${from}`);
const outcomes = async (tries: Promise<{ outcome: string }>[]) =>
  (await Promise.all(tries)).map(({ outcome }) => outcome);
const count = (all: string[], outcome: string) => all.filter((one) => one === outcome).length;

describe('login', () => {
  it.each([
    ['username', (name: string) => name],
    ['username in another case', (name: string) => name.toUpperCase()],
    ['email', (name: string) => `${name}@example.com`],
    ['email in another case', (name: string) => `${name}@EXAMPLE.COM`],
  ])('signs in by %s', async (_case, identifier) => {
    expect(await fixture.logIn(identifier(ann))).toMatchObject({
      outcome: 'signed_in',
      signedIn: { session: { username: ann } },
    });
  });

  it('answers the same after the same work whether or not there is such an account', async () => {
    fixture.log.script.push('lost');
    await fixture.signUp(`${ann}-pending`);
    for (const identifier of [ann, 'nobody', `${ann}-pending`, "'; drop table accounts; --"]) {
      const before = fixture.passwords.verifications;
      expect(await logIn(identifier, WRONG)).toEqual({ outcome: 'invalid_credentials' });
      expect(fixture.passwords.verifications - before, identifier).toBe(1);
    }
  });

  it('does not sign in to an account that only the signup has begun', async () => {
    fixture.log.script.push('reply lost');
    await fixture.signUp(`${ann}-pending`);
    expect(await fixture.logIn(`${ann}-pending`)).toEqual({ outcome: 'invalid_credentials' });
  });
});

describe('login limit', () => {
  const fail = (times: number, identifier = ann, from = address) =>
    outcomes(Array.from({ length: times }, () => logIn(identifier, WRONG, from)));

  it('lets no more tries through at once than one after the other, and checks no password beyond', async () => {
    const before = fixture.passwords.verifications;
    const all = await fail(40);
    expect(count(all, 'invalid_credentials')).toBe(3);
    expect(count(all, 'rate_limited')).toBe(37);
    expect(fixture.passwords.verifications - before).toBe(3);
    expect(await logIn(ann, WRONG)).toMatchObject({
      outcome: 'rate_limited',
      retryAfterMs: expect.any(Number),
    });
  });

  it('is one limit for all gateways', async () => {
    const other = await fixture.open();
    const tries = Array.from({ length: 20 }, (_, n) =>
      (n % 2 ? other : fixture.accounts).logIn({
        identifier: ann,
        password: WRONG,
        client: clientAt('198.51.100.1'),
      }),
    );
    expect(count(await outcomes(tries), 'invalid_credentials')).toBe(3);
  });

  it('does not tell whose email it is: tries with it leave all usernames alike', async () => {
    const others = [`${ann}-2`, `${ann}-3`];
    for (const other of others) await fixture.signedUp(other);
    expect(await fail(4, `${ann}@example.com`)).toContain('rate_limited');
    for (const name of [...others, ann, `${ann}-nobody`])
      expect(await fail(1, name)).toEqual(['invalid_credentials']);
  });

  it('does not tell whose username it is by their email either', async () => {
    expect(await fail(4)).toContain('rate_limited');
    for (const email of [`${ann}@example.com`, `nobody-${ann}@example.com`])
      expect(await fail(1, email)).toEqual(['invalid_credentials']);
  });

  it('counts a name that nobody has as well', async () => {
    expect(count(await fail(10, `${ann}-nobody`), 'invalid_credentials')).toBe(3);
  });

  it('leaves the account open to other addresses', async () => {
    await fail(5);
    expect(await logIn(ann, 'correct horse 7', address + 100)).toMatchObject({ outcome: 'signed_in' });
  });

  it('starts anew after a success', async () => {
    await fail(2);
    expect(await logIn(ann, 'correct horse 7')).toMatchObject({ outcome: 'signed_in' });
    expect(count(await fail(5), 'invalid_credentials')).toBe(3);
  });

  it('ends with its window', async () => {
    await fail(4);
    fixture.passSeconds(599);
    expect(await logIn(ann, 'correct horse 7')).toEqual({ outcome: 'rate_limited', retryAfterMs: 1000 });
    fixture.passSeconds(1);
    expect(await logIn(ann, 'correct horse 7')).toMatchObject({ outcome: 'signed_in' });
  });

  it('does not count tries whose password nobody looked at', async () => {
    fixture.passwords.refusal = new SessionsUnavailable('too much to do');
    const tries = await Promise.allSettled(Array.from({ length: 30 }, () => logIn(ann, 'correct horse 7')));
    fixture.passwords.refusal = null;
    expect(tries.filter(({ status }) => status === 'rejected').length).toBeGreaterThanOrEqual(3);
    expect(count(await fail(10), 'invalid_credentials')).toBe(3);
  });

  it('does not count what it refused against the address', async () => {
    await fail(60);
    expect(await logIn('somebody else', WRONG)).toEqual({ outcome: 'invalid_credentials' });
  });
});

describe('login limit of an address', () => {
  it('is ten times as much, over all accounts, and successes do not count', async () => {
    const patient = await openTestAccounts({ LOGIN_LIMIT: 2, LOGIN_WINDOW_S: 600 });
    try {
      await patient.signedUp('Ann');
      for (let n = 0; n < 30; n++) expect(await patient.logIn('Ann')).toMatchObject({ outcome: 'signed_in' });
      const spray = Array.from({ length: 50 }, (_, n) => patient.logIn(`victim-${n}`, WRONG));
      expect(count(await outcomes(spray), 'invalid_credentials')).toBe(20);
      expect(await patient.logIn('Ann')).toMatchObject({ outcome: 'rate_limited' });
      const { rows } = await patient.pool.query(
        'select attempts from accounts.attempt_windows order by attempts',
      );
      // Those of the names that were tried, the signup, and the address.
      const counts = [...Array(20).fill(1), 1, 20];
      expect(
        rows.map(({ attempts }) => attempts),
        'only tries that took place count',
      ).toEqual(counts);
    } finally {
      await patient.close();
    }
  });
});
