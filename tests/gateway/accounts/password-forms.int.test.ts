import { hash as hashAsSent } from '@node-rs/argon2';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Accounts, openAccounts } from '../../../gateway/accounts/accounts.ts';
import { createPasswords } from '../../../gateway/accounts/passwords.ts';
import { type AccountsFixture, clientAt, openTestAccounts } from './accounts-fixture.ts';

/** One word, as different systems write it. */
const COMPOSED = 'caf\u00e9 horse 7';
const DECOMPOSED = 'cafe\u0301 horse 7';

let fixture: AccountsFixture;
let accounts: Accounts;
beforeAll(async () => {
  fixture = await openTestAccounts();
  accounts = await openAccounts({ ...fixture, sendCommand: fixture.log.send, passwords: createPasswords() });
});
afterAll(() => fixture.close());

const client = clientAt('192.0.2.1');
const logIn = (identifier: string, password: string) => accounts.logIn({ identifier, password, client });
async function hashOf(username: string): Promise<string> {
  const { rows } = await fixture.pool.query(
    'select password_hash from accounts.accounts where username = $1',
    [username],
  );
  return rows[0].password_hash;
}

it('a password chosen on one system signs in from another', async () => {
  for (const [username, password] of [
    ['Ann', COMPOSED],
    ['Bob', DECOMPOSED],
  ] as const) {
    const email = `${username}@example.com`;
    await accounts.signUp({ username, email, password, client, correlationId: username });
    const before = await hashOf(username);
    for (const sent of [COMPOSED, DECOMPOSED])
      expect(await logIn(username, sent)).toMatchObject({ outcome: 'signed_in' });
    expect(await hashOf(username)).toBe(before);
    expect(await logIn(username, 'cafe horse 7')).toEqual({ outcome: 'invalid_credentials' });
  }
});

it.each([
  ['Cleo', COMPOSED],
  ['Dora', DECOMPOSED],
])(
  "%s's hash of before forms were one signs in too, and is replaced by one that is",
  async (username, sent) => {
    await fixture.signUp(username);
    const old = await hashAsSent(DECOMPOSED);
    await fixture.pool.query('update accounts.accounts set password_hash = $1 where username = $2', [
      old,
      username,
    ]);
    expect(await logIn(username, 'cafe horse 7')).toEqual({ outcome: 'invalid_credentials' });
    expect(await hashOf(username)).toBe(old);
    expect(await logIn(username, sent)).toMatchObject({ outcome: 'signed_in' });
    expect(await hashOf(username)).not.toBe(old);
    for (const form of [COMPOSED, DECOMPOSED])
      expect(await logIn(username, form)).toMatchObject({ outcome: 'signed_in' });
  },
);
