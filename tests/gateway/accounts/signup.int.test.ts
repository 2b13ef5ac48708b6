import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AccountsFixture, openTestAccounts } from './accounts-fixture.ts';

let fixture: AccountsFixture;
let name: string;
beforeAll(async () => {
  fixture = await openTestAccounts();
});
afterAll(() => fixture.close());

const fresh = () => {
  name = `u${randomUUID().slice(0, 8)}`;
  return name;
};
const rowOf = async (username: string) => {
  const { rows } = await fixture.pool.query('select * from accounts.accounts where user_key = $1', [
    username.toLowerCase(),
  ]);
  return rows[0];
};
const taken = (...fields: string[]) => ({ outcome: 'taken', fields });
const outcomes = async (attempts: Promise<{ outcome: string }>[]) =>
  (await Promise.all(attempts)).map(({ outcome }) => outcome).sort();

describe('signup', () => {
  it('registers the user under the id of its row and signs them in', async () => {
    const result = await fixture.signUp(fresh());
    expect(result).toMatchObject({ outcome: 'signed_up', signedIn: { session: { username: name } } });
    expect(fixture.log.registered.get(name)).toBe((await rowOf(name)).registration_id);
    if (result.outcome === 'signed_up')
      expect(await fixture.accounts.authenticate(result.signedIn.accessToken)).toEqual(
        result.signedIn.session,
      );
  });

  it('keeps the password as a hash only', async () => {
    await fixture.signUp(fresh());
    expect((await rowOf(name)).password_hash).toMatch(/^hash of /);
  });

  it.each([
    ['the same name', (n: string) => [n, 'other@example.com'], ['username']],
    ['the name in another case', (n: string) => [n.toUpperCase(), 'other@example.com'], ['username']],
    ['the same email in another case', (n: string) => [`${n}2`, `${n.toUpperCase()}@EXAMPLE.com`], ['email']],
    ['both', (n: string) => [n, `${n}@example.com`], ['username', 'email']],
    ["somebody's email as a name", (n: string) => [`${n}@example.com`, 'other@example.com'], ['username']],
  ])('refuses %s without hashing', async (_case, again, fields) => {
    await fixture.signUp(fresh());
    const hashes = fixture.passwords.hashes;
    const [username = '', email = ''] = again(name);
    expect(await fixture.signUp(username, email)).toEqual(taken(...fields));
    expect(fixture.passwords.hashes).toBe(hashes);
  });

  it('refuses a name that only the log knows, and keeps no claim on it', async () => {
    fixture.log.registered.set(fresh(), randomUUID());
    expect(await fixture.signUp(name)).toEqual(taken('username'));
    expect(await rowOf(name)).toBeUndefined();
    expect(await fixture.signUp(`${name}2`, `${name}@example.com`)).toMatchObject({ outcome: 'signed_up' });
  });

  it.each(['lost', 'reply lost'] as const)('can be repeated when the command was %s', async (loss) => {
    fixture.log.script.push(loss);
    expect(await fixture.signUp(fresh())).toEqual({ outcome: 'refused', code: 'unavailable' });
    expect(await fixture.logIn(name)).toEqual({ outcome: 'invalid_credentials' });
    expect(await fixture.signUp(name)).toMatchObject({ outcome: 'signed_up' });
    expect(await fixture.logIn(name)).toMatchObject({ outcome: 'signed_in' });
  });

  it('keeps the spelling that the log may know when it is repeated in another one', async () => {
    fixture.log.script.push('reply lost');
    await fixture.signUp(fresh());
    expect(await fixture.signUp(name.toUpperCase())).toMatchObject({
      signedIn: { session: { username: name } },
    });
  });

  it('gives an unfinished name to nobody else until it has lapsed, then without losing the registration', async () => {
    fixture.log.script.push('reply lost');
    await fixture.signUp(fresh());
    expect(await fixture.signUp(name, `second-${name}@example.com`)).toEqual(taken('username'));
    fixture.passSeconds(11);
    expect(await fixture.signUp(name, `second-${name}@example.com`)).toMatchObject({ outcome: 'signed_up' });
    expect(await fixture.signUp(name)).toEqual(taken('username'));
  });

  it('gives an unfinished email to another name once it has lapsed, and the first name stays usable', async () => {
    fixture.log.script.push('reply lost');
    await fixture.signUp(fresh());
    const email = `${name}@example.com`;
    expect(await fixture.signUp(`${name}2`, email)).toEqual(taken('email'));
    fixture.passSeconds(11);
    expect(await fixture.signUp(`${name}2`, email)).toMatchObject({ outcome: 'signed_up' });
    expect(await fixture.signUp(name, `second-${name}@example.com`)).toMatchObject({ outcome: 'signed_up' });
  });

  it('lets a signup that was taken over while it waited for the log go away empty-handed', async () => {
    let answer = () => {};
    fixture.log.script.push(
      new Promise<void>((resolve) => {
        answer = resolve;
      }),
    );
    const before = fixture.log.commands;
    const first = fixture.signUp(fresh());
    await expect.poll(() => fixture.log.commands).toBe(before + 1);
    expect(await fixture.signUp(name)).toMatchObject({ outcome: 'signed_up' });
    answer();
    expect(await first).toEqual(taken('username'));
  });

  it('signs up one of many at once with the same name', async () => {
    fresh();
    const results = await outcomes(
      Array.from({ length: 12 }, (_, n) => fixture.signUp(name, `${n}-${name}@example.com`)),
    );
    expect(results.filter((outcome) => outcome === 'signed_up')).toHaveLength(1);
    expect(results.filter((outcome) => outcome === 'taken')).toHaveLength(11);
  });

  it('signs up one of many at once with the same email, and registers no other name', async () => {
    const email = `${fresh()}@example.com`;
    const results = await outcomes(
      Array.from({ length: 12 }, (_, n) => fixture.signUp(`${name}-${n}`, email)),
    );
    expect(results.filter((outcome) => outcome === 'signed_up')).toHaveLength(1);
    expect([...fixture.log.registered.keys()].filter((key) => key.startsWith(name))).toHaveLength(1);
  });

  it('signs up once however often the same form is sent at once', async () => {
    fresh();
    const results = await outcomes(Array.from({ length: 12 }, () => fixture.signUp(name)));
    expect(results.filter((outcome) => outcome === 'signed_up')).toHaveLength(1);
    expect(results.filter((outcome) => outcome === 'taken')).toHaveLength(11);
  });
});
