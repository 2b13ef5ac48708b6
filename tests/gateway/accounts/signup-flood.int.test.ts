import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Accounts, openAccounts } from '../../../gateway/accounts/accounts.ts';
import { createPasswords } from '../../../gateway/accounts/passwords.ts';
import { type AccountsFixture, clientAt, openTestAccounts, PASSWORD } from './accounts-fixture.ts';

let fixture: AccountsFixture;
/** With passwords that cost what they cost. */
let accounts: Accounts;
beforeAll(async () => {
  fixture = await openTestAccounts({ SIGNUP_LIMIT: 3, SIGNUP_WINDOW_S: 60 });
  accounts = await openAccounts({ ...fixture, sendCommand: fixture.log.send, passwords: createPasswords() });
});
afterAll(() => fixture.close());

const signUp = (client = clientAt('192.0.2.1'), username = `u${randomUUID().slice(0, 8)}`, email?: string) =>
  accounts.signUp({
    username,
    email: email ?? `${username}@example.com`,
    password: PASSWORD,
    client,
    correlationId: randomUUID(),
  });

describe('signups without end', () => {
  it('leave the next right login to be served before them', async () => {
    const [client, username] = [clientAt('198.51.100.1'), `u${randomUUID().slice(0, 8)}`];
    await signUp(client, username);
    let [served, gone] = [0, false];
    const signUps = Array.from({ length: 400 }, (_, n) =>
      signUp(clientAt(`203.0.113.${n % 250}`, () => gone)).finally(() => {
        served += 1;
      }),
    );
    const all = Promise.allSettled(signUps);
    expect(await accounts.logIn({ identifier: username, password: PASSWORD, client })).toMatchObject({
      outcome: 'signed_in',
    });
    expect(served).toBeLessThan(400);
    gone = true;
    await all;
  });

  it('register nobody whose client has gone, and then count for nothing', async () => {
    let gone = false;
    const client = clientAt('198.51.100.2', () => gone);
    const before = fixture.log.commands;
    const signUps = Promise.allSettled(Array.from({ length: 3 }, () => signUp(client)));
    gone = true;
    expect((await signUps).map(({ status }) => status)).toEqual(Array(3).fill('rejected'));
    expect(fixture.log.commands).toBe(before);
    gone = false;
    for (let n = 0; n < 3; n += 1) expect(await signUp(client)).toMatchObject({ outcome: 'signed_up' });
  });
});

describe('the limit of signups', () => {
  const outcomes = async (attempts: Promise<{ outcome: string }>[]) =>
    (await Promise.all(attempts)).map(({ outcome }) => outcome).sort();

  it('is one of an address, and ends with its window', async () => {
    const client = clientAt('198.51.100.3');
    const burst = await outcomes(Array.from({ length: 9 }, () => signUp(client)));
    expect(burst).toEqual([...Array(6).fill('rate_limited'), ...Array(3).fill('signed_up')]);
    expect(await signUp(clientAt('198.51.100.4'))).toMatchObject({ outcome: 'signed_up' });
    fixture.passSeconds(59);
    expect(await signUp(client)).toEqual({ outcome: 'rate_limited', retryAfterMs: 1000 });
    fixture.passSeconds(1);
    expect(await signUp(client)).toMatchObject({ outcome: 'signed_up' });
  });

  it('bounds how often an address can ask whether an email is taken', async () => {
    await signUp(clientAt('198.51.100.5'), 'somebody');
    const ask = () => signUp(clientAt('198.51.100.6'), `u${randomUUID()}`, 'somebody@example.com');
    expect(await outcomes(Array.from({ length: 5 }, ask))).toEqual([
      'rate_limited',
      'rate_limited',
      'taken',
      'taken',
      'taken',
    ]);
  });

  it('does not count what the log did not answer: it has to be repeated', async () => {
    const client = clientAt('198.51.100.7');
    for (let n = 0; n < 5; n += 1) {
      fixture.log.script.push('lost');
      expect(await signUp(client)).toEqual({ outcome: 'refused', code: 'unavailable' });
    }
    expect(await signUp(client)).toMatchObject({ outcome: 'signed_up' });
  });
});
