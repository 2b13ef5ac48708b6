import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AccountsFixture, clientAt, openTestAccounts, PASSWORD } from './accounts-fixture.ts';

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

  /** A signup that waits for the log until the function is called, which answers its outcome. */
  async function waitingSignUp(username: string, email: string) {
    let answer = () => {};
    fixture.log.script.push(
      new Promise<void>((resolve) => {
        answer = resolve;
      }),
    );
    const before = fixture.log.commands;
    const outcome = fixture.signUp(username, email);
    await expect.poll(() => fixture.log.commands).toBe(before + 1);
    return () => {
      answer();
      return outcome;
    };
  }

  it.each<[string, (shared: string) => readonly [string, string][], string[]]>([
    [
      "a name that is another's email",
      (shared) => [
        [shared, `a-${shared}`],
        [`b-${name}`, shared],
      ],
      ['email'],
    ],
    [
      "an email that is another's name",
      (shared) => [
        [`a-${name}`, shared],
        [shared, `b-${shared}`],
      ],
      ['username'],
    ],
    [
      'both, crossed',
      (shared) => [
        [shared, `a-${shared}`],
        [`a-${shared}`, shared],
      ],
      ['email', 'username'],
    ],
  ])('gives %s to the first of two at once', async (_case, people, fields) => {
    const [[username, email] = ['', ''], second = ['', '']] = people(`${fresh()}@example.com`);
    const finish = await waitingSignUp(username, email);
    const refused = await fixture.signUp(...second);
    expect(await finish()).toMatchObject({ outcome: 'signed_up' });
    expect(refused).toMatchObject({ outcome: 'taken', fields: expect.arrayContaining(fields) });
  });

  it('signs up one of many at once who want one name, some as username and some as email', async () => {
    const shared = `${fresh()}@example.com`;
    const results = await outcomes(
      Array.from({ length: 12 }, (_, n) =>
        n % 2 ? fixture.signUp(shared, `${n}-${shared}`) : fixture.signUp(`${n}-${name}`, shared),
      ),
    );
    expect(results.filter((outcome) => outcome === 'signed_up')).toHaveLength(1);
    expect(results.filter((outcome) => outcome === 'taken')).toHaveLength(11);
  });

  it('takes an email for a username', async () => {
    const email = `${fresh()}@example.com`;
    expect(await fixture.signUp(email, email)).toMatchObject({ outcome: 'signed_up' });
    expect(await fixture.signUp(name, email)).toEqual(taken('email'));
    expect(await fixture.logIn(email)).toMatchObject({ outcome: 'signed_in' });
  });

  it.each(['email', 'username'])(
    'gives the %s of a signup that died to others once it has lapsed, as either',
    async (held) => {
      const shared = `${fresh()}@example.com`;
      fixture.log.script.push('lost');
      await (held === 'email' ? fixture.signUp(`a-${name}`, shared) : fixture.signUp(shared, `a-${shared}`));
      const again = () =>
        held === 'email' ? fixture.signUp(shared, `b-${shared}`) : fixture.signUp(`b-${name}`, shared);
      expect(await again()).toEqual(taken(held === 'email' ? 'username' : 'email'));
      fixture.passSeconds(11);
      expect(await again()).toMatchObject({ outcome: 'signed_up' });
    },
  );

  it('lets go of the email that a signup is repeated without', async () => {
    fixture.log.script.push('lost');
    await fixture.signUp(fresh());
    fixture.passSeconds(11);
    await fixture.signUp(name, `second-${name}@example.com`);
    expect(await fixture.signUp(`${name}@example.com`, `third-${name}@example.com`)).toMatchObject({
      outcome: 'signed_up',
    });
  });
});

describe('accounts from before usernames and emails were one namespace', () => {
  it("keep their names, and a name that two have is the one's whose username it is", async () => {
    const before = await openTestAccounts();
    for (const username of ['ann', 'bob', 'cleo@example.com']) await before.signedUp(username);
    await before.pool.query('drop table accounts.login_names');
    await before.pool.query('alter table accounts.refresh_tokens drop column successor_salt');
    await before.pool.query("delete from accounts.kysely_migration where name >= '0003-login-names'");
    await before.pool.query(
      "update accounts.accounts set email = $1, email_key = $1 where user_key = 'bob'",
      ['cleo@example.com'],
    );
    const accounts = await before.open();
    const { rows } = await before.pool.query('select name, user_key from accounts.login_names order by name');
    expect(rows.map(({ name: held, user_key }) => [held, user_key])).toEqual([
      ['ann', 'ann'],
      ['ann@example.com', 'ann'],
      ['bob', 'bob'],
      ['cleo@example.com', 'cleo@example.com'],
      ['cleo@example.com@example.com', 'cleo@example.com'],
    ]);
    const logIn = (identifier: string) =>
      accounts.logIn({ identifier, password: PASSWORD, client: clientAt('192.0.2.1') });
    for (const [identifier, username] of [
      ['ann@example.com', 'ann'],
      ['bob', 'bob'],
      ['cleo@example.com', 'cleo@example.com'],
    ] as const)
      expect(await logIn(identifier)).toMatchObject({ signedIn: { session: { username } } });
    await before.close();
  });
});
