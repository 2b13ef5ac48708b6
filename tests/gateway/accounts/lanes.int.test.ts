import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openAccounts } from '../../../gateway/accounts/accounts.ts';
import { createPasswords } from '../../../gateway/accounts/passwords.ts';
import { Abandoned, Overloaded } from '../../../platform/concurrency-limit.ts';
import { type AccountsFixture, clientAt, openTestAccounts, PASSWORD } from './accounts-fixture.ts';

const PATIENT = { running: 1, waiting: 1000, maxWaitMs: 60_000 };
const HERE = clientAt('192.0.2.1');

let fixture: AccountsFixture;
beforeAll(async () => {
  fixture = await openTestAccounts({ LOGIN_LIMIT: 1_000_000 });
  await fixture.signedUp('Ann');
});
afterAll(() => fixture.close());

/** Accounts whose lanes are all alike. */
const open = (lane = PATIENT) =>
  openAccounts({
    ...fixture,
    sendCommand: fixture.log.send,
    lanes: { signUps: lane, logins: lane, renewals: lane },
  });

type Accounts = Awaited<ReturnType<typeof open>>;

const WORK: Record<string, (accounts: Accounts, client: typeof HERE) => Promise<unknown>> = {
  signUp: (accounts, client) =>
    accounts.signUp({
      username: 'Ann',
      email: 'b@example.com',
      password: PASSWORD,
      client,
      correlationId: '',
    }),
  logIn: (accounts, client) => accounts.logIn({ identifier: 'Ann', password: 'wrong 1', client }),
  refresh: (accounts, client) => accounts.refresh({ refreshToken: 'unknown', client }),
  acceptsRefresh: (accounts, client) => accounts.acceptsRefresh({ refreshToken: 'unknown', client }),
};

/** Much of it from elsewhere, and how much of it is done before it is given up. */
function flood(times: number, work: (client: typeof HERE) => Promise<unknown>) {
  let gone = false;
  let done = 0;
  const one = () =>
    work(clientAt('198.51.100.1', () => gone)).then(() => {
      done += 1;
    });
  const all = Promise.allSettled(Array.from({ length: times }, one));
  return {
    done: () => done,
    giveUp: () => {
      gone = true;
      return all;
    },
  };
}

describe.each(Object.entries(WORK))('%s', (_name, work) => {
  it('does not wait for all that another address asked for', async () => {
    const accounts = await open();
    const others = flood(500, (client) => work(accounts, client));
    await work(accounts, HERE);
    expect(others.done()).toBeLessThan(500);
    await others.giveUp();
  });

  it('is not begun for clients that have gone', async () => {
    const accounts = await open();
    const results = await flood(500, (client) => work(accounts, client)).giveUp();
    const refused = results.filter((result) => result.status === 'rejected');
    expect(refused.length).toBeGreaterThanOrEqual(499);
    expect(refused.every(({ reason }) => reason instanceof Abandoned)).toBe(true);
  });

  it.each([
    ['waits longer than anybody would', { ...PATIENT, maxWaitMs: 1 }],
    ['waits in too long a queue', { ...PATIENT, waiting: 3 }],
  ])('is refused when it %s', async (_, lane) => {
    const accounts = await open(lane);
    const results = await Promise.allSettled(Array.from({ length: 100 }, () => work(accounts, HERE)));
    const refused = results.filter((result) => result.status === 'rejected');
    expect(refused.length).toBeGreaterThan(0);
    expect(refused.length).toBeLessThan(100);
    expect(refused.every(({ reason }) => reason instanceof Overloaded)).toBe(true);
    await work(accounts, HERE);
  });
});

it.each(['signUp', 'refresh'] as const)(
  'a login and a session do not wait for %s, however many there are',
  async (what) => {
    const accounts = await openAccounts({
      ...fixture,
      sendCommand: fixture.log.send,
      passwords: createPasswords(),
      lanes: { signUps: PATIENT, logins: PATIENT, renewals: PATIENT },
    });
    const { session, accessToken } = await fixture.signedUp(`Bob-${what}`);
    const all = flood(1000, (client) => WORK[what]?.(accounts, client) ?? Promise.resolve());
    expect(await accounts.authenticate(accessToken)).toEqual(session);
    expect(await accounts.logIn({ identifier: 'nobody', password: 'wrong 1', client: HERE })).toMatchObject({
      outcome: 'invalid_credentials',
    });
    expect(all.done()).toBeLessThan(1000);
    await all.giveUp();
  },
);
