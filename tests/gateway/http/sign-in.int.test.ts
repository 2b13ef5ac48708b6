import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { PASSWORD } from '../accounts/accounts-fixture.ts';
import {
  type Answer,
  type ApiFixture,
  cookieValue,
  expectRefusal,
  ORIGIN,
  openTestApi,
  pageHeaders,
  signUpForm,
} from './api-fixture.ts';

let api: ApiFixture;
let name: string;
beforeAll(async () => {
  api = await openTestApi();
});
afterAll(() => api.drop());
beforeEach(() => {
  api.script.wait = async () => true;
  api.accounts.bus.published.length = 0;
  name = `u${randomUUID().slice(0, 8)}`;
});

const signUp = (form: unknown, headers = {}) => api.ask('POST', '/api/signup', { body: form, headers });
const logIn = (form: unknown, headers = {}) => api.ask('POST', '/api/login', { body: form, headers });
const refresh = (headers: Record<string, string>) => api.ask('POST', '/api/refresh', { headers });
const logOut = (headers: Record<string, string>) => api.ask('DELETE', '/api/logout', { headers });
const problem = (field: string, type?: string) => ({
  loc: ['body', ...(field ? [field] : [])],
  msg: expect.any(String),
  type: type ?? expect.any(String),
});

const bothPasswords = [problem('password'), problem('password_repeat')];

/** Name, value, lifetime, attributes; and what pages that cannot read them are told. */
function expectSessionCookies(answer: Answer, secure: boolean): void {
  const rest = `; Path=/;${' HttpOnly;'}${secure ? ' Secure;' : ''} SameSite=Lax`;
  expect([...answer.cookies.keys()]).toEqual(['access_token', 'refresh_token', 'csrftoken']);
  expect(answer.cookies.get('access_token')).toMatch(/^access_token=[\w-]+\.[\w-]+\.[\w-]+; Max-Age=900; /);
  expect(answer.cookies.get('refresh_token')).toMatch(/^refresh_token=[\w-]{43}; Max-Age=7200; /);
  expect(answer.cookies.get('csrftoken')).toMatch(/^csrftoken=[\w-]{43}; Max-Age=7200; /);
  for (const [cookie, text] of answer.cookies) {
    const attributes = cookie === 'csrftoken' ? rest.replace(' HttpOnly;', '') : rest;
    expect(text.slice(text.indexOf('; Path'))).toBe(attributes);
  }
  const expiresAt = new Date(Math.floor(api.accounts.clock().getTime() / 1000) * 1000 + 900_000);
  expect(answer.headers['x-session-expires']).toBe(expiresAt.toISOString());
  expect(answer.headers['x-csrftoken']).toBe(cookieValue(answer, 'csrftoken'));
}

describe('POST /signup', () => {
  it('answers 201 with the profile and cookies', async () => {
    const answer = await signUp(signUpForm(name));
    expect(answer).toMatchObject({ status: 201, body: { username: name, nickname: name, avatar: '' } });
    expectSessionCookies(answer, false);
    api.readModels.know(name);
    expect((await api.ask('GET', '/api/self', { headers: pageHeaders(answer) })).status).toBe(200);
  });

  it.each(['localhost', '[::1]:8080', 'rally.example', '192.0.2.7', 'localhost.rally.example'])(
    'sets cookies that are none the more secure for a Host of %s',
    async (host) => {
      expectSessionCookies(await signUp(signUpForm(name), { host }), false);
    },
  );

  it('answers 201 also when the read models are late: the account is there', async () => {
    api.script.wait = async () => false;
    const answer = await signUp(signUpForm(name));
    expect(answer).toMatchObject({ status: 201, body: { username: name } });
    expectSessionCookies(answer, false);
  });

  it('answers 503 when the log is away, and can be repeated', async () => {
    api.accounts.log.script.push('reply lost');
    const answer = await signUp(signUpForm(name));
    expectRefusal(answer, 'unavailable');
    expect(answer.cookies.size).toBe(0);
    expect((await signUp(signUpForm(name))).status).toBe(201);
  });

  it('takes a password and its repetition for the same in whichever form they are written', async () => {
    const form = {
      ...signUpForm(name),
      password: 'caf\u00e9 horse 7',
      password_repeat: 'cafe\u0301 horse 7',
    };
    expect((await signUp(form)).status).toBe(201);
  });

  it('keeps unknown keys out, however they are called', async () => {
    const form = JSON.stringify(signUpForm(name)).replace(
      '{',
      '{"__proto__":{"a":1},"constructor":2,"admin":true,',
    );
    expect((await signUp(form)).status).toBe(201);
    expect(Object.hasOwn(Object.prototype, 'a')).toBe(false);
  });

  it.each<[string, (form: ReturnType<typeof signUpForm>) => unknown, object[]]>([
    [
      'nothing',
      () => undefined,
      ['username', 'email', 'password', 'password_repeat'].map((f) => problem(f, 'missing')),
    ],
    [
      'no fields',
      () => ({}),
      ['username', 'email', 'password', 'password_repeat'].map((f) => problem(f, 'missing')),
    ],
    ['an array', () => [], [problem('', 'invalid_type')]],
    ['null', () => 'null', [problem('', 'invalid_type')]],
    ['a text', () => '"text"', [problem('', 'invalid_type')]],
    ['an array for a field', (f) => ({ ...f, username: ['a'] }), [problem('username', 'invalid_type')]],
    ['an object for a field', (f) => ({ ...f, email: {} }), [problem('email', 'invalid_type')]],
    [
      'a number for a field',
      (f) => ({ ...f, password_repeat: 1 }),
      [problem('password_repeat', 'invalid_type')],
    ],
    ['an empty name', (f) => ({ ...f, username: '' }), [problem('username')]],
    ['a long name', (f) => ({ ...f, username: 'x'.repeat(51) }), [problem('username')]],
    ['a name with a blank', (f) => ({ ...f, username: 'a b' }), [problem('username')]],
    ['a name with a line break at its end', (f) => ({ ...f, username: 'ab\n' }), [problem('username')]],
    ['a name with U+0000', (f) => ({ ...f, username: 'a\u0000' }), [problem('username')]],
    ['a name with an umlaut', (f) => ({ ...f, username: 'jörg' }), [problem('username')]],
    ['a dot for a name', (f) => ({ ...f, username: '.' }), [problem('username')]],
    ['two dots for a name', (f) => ({ ...f, username: '..' }), [problem('username')]],
    ['a name with half a character', (f) => ({ ...f, username: 'a\ud800' }), [problem('username')]],
    ['an email with half a character', (f) => ({ ...f, email: 'a\udc00@example.com' }), [problem('email')]],
    ['no email', (f) => ({ ...f, email: 'ann' }), [problem('email')]],
    ['an email with U+0000', (f) => ({ ...f, email: 'a\u0000@example.com' }), [problem('email')]],
    ['a long email', (f) => ({ ...f, email: `${'x'.repeat(250)}@example.com` }), [problem('email')]],
    [
      'another repetition',
      (f) => ({ ...f, password_repeat: 'correct horse 8' }),
      [problem('password_repeat')],
    ],
    ['a short password', (f) => password(f, 'short 1'), [problem('password')]],
    [
      'a password that is short once it is written in one form',
      (f) => password(f, `${'e\u0301'.repeat(6)}1`),
      [problem('password')],
    ],
    ['no digit', (f) => password(f, 'correct horse'), [problem('password')]],
    ['no letter', (f) => password(f, '12345678!'), [problem('password')]],
    [
      'the name in the password',
      (f) => password(f, `My ${f.username.toUpperCase()} 1`),
      [problem('password')],
    ],
    ['a very long password', (f) => password(f, `a1${'x'.repeat(1024)}`), bothPasswords],
    ['U+0000 in the password', (f) => password(f, 'correct\u0000horse 7'), bothPasswords],
    ['half a character', (f) => password(f, 'correct \ud800 horse 7'), bothPasswords],
    [
      'several faults',
      (f) => ({ ...f, username: '', email: '', password: 'a', password_repeat: 'b' }),
      [
        problem('username'),
        problem('email'),
        problem('password'),
        problem('password'),
        problem('password_repeat'),
      ],
    ],
  ])('answers 422 to %s', async (_case, change, problems) => {
    const hashes = api.accounts.passwords.hashes;
    const answer = await signUp(change(signUpForm(name)));
    expect({ status: answer.status, body: answer.body }).toEqual({ status: 422, body: problems });
    expect(answer.cookies.size).toBe(0);
    expect(api.accounts.passwords.hashes).toBe(hashes);
  });

  const password = (form: ReturnType<typeof signUpForm>, text: string) => ({
    ...form,
    password: text,
    password_repeat: text,
  });

  it('answers 422 to a taken name and email', async () => {
    await signUp(signUpForm(name));
    const answer = await signUp({ ...signUpForm(name), username: name.toUpperCase() });
    expect({ status: answer.status, body: answer.body }).toEqual({
      status: 422,
      body: [
        { loc: ['body', 'username'], msg: 'This username is already taken.', type: 'taken' },
        { loc: ['body', 'email'], msg: 'This email is already taken.', type: 'taken' },
      ],
    });
  });
});

describe('POST /login', () => {
  beforeEach(async () => {
    await signUp(signUpForm(name));
  });

  it('answers the profile and cookies', async () => {
    api.readModels.know(name);
    for (const username of [name, name.toUpperCase(), `${name}@example.com`]) {
      const answer = await logIn({ username, password: PASSWORD });
      expect({ status: answer.status, body: answer.body }).toEqual({
        status: 200,
        body: { username: name, nickname: `${name} nick`, avatar: '' },
      });
      expectSessionCookies(answer, false);
    }
  });

  it('answers the first profile while the read models are late', async () => {
    const answer = await logIn({ username: name, password: PASSWORD });
    expect(answer).toMatchObject({ status: 200, body: { username: name, nickname: name, avatar: '' } });
  });

  it('answers 401 all the same for a wrong password and an unknown name', async () => {
    for (const username of [name, 'nobody', "' or 1=1 --"]) {
      const answer = await logIn({ username, password: 'wrong password 1' });
      expectRefusal(answer, 'invalid_credentials');
      expect(answer.cookies.size).toBe(0);
    }
  });

  it.each([
    [undefined, ['username', 'password'], 'missing'],
    [{ username: 'Ann' }, ['password'], 'missing'],
    [{ username: '', password: '' }, ['username', 'password'], 'too_small'],
    [{ username: 1, password: [] }, ['username', 'password'], 'invalid_type'],
    [{ username: 'a\u0000', password: 'b\ud800' }, ['username', 'password'], 'custom'],
    [{ username: 'x'.repeat(255), password: 'x'.repeat(1025) }, ['username', 'password'], 'too_big'],
  ])('answers 422 to %j', async (form, fields, type) => {
    const answer = await logIn(form);
    expect({ status: answer.status, body: answer.body }).toEqual({
      status: 422,
      body: fields.map((field) => problem(field, type)),
    });
  });

  it('answers 429 after too many failures, to the right password too, before looking at it', async () => {
    const wrong = { username: name, password: 'wrong password 1' };
    const tries = await Promise.all(Array.from({ length: 20 }, () => logIn(wrong)));
    expect(tries.map(({ status }) => status).sort()).toEqual([...Array(3).fill(401), ...Array(17).fill(429)]);
    const verifications = api.accounts.passwords.verifications;
    const answer = await logIn({ username: name, password: PASSWORD });
    expectRefusal(answer, 'rate_limited');
    expect(Number(answer.headers['retry-after'])).toBeGreaterThan(30);
    expect(Number(answer.headers['retry-after'])).toBeLessThanOrEqual(60);
    expect(api.accounts.passwords.verifications).toBe(verifications);
    const elsewhere = { body: { username: name, password: PASSWORD }, remoteAddress: '192.0.2.99' };
    expect((await api.ask('POST', '/api/login', elsewhere)).status).toBe(200);
  });
});

it('a signup too many of one address is 429, and says when to come back', async () => {
  const few = await openTestApi({ accountSettings: { SIGNUP_LIMIT: 2 } });
  const ask = (username: string, remoteAddress: string, change = {}) =>
    few.ask('POST', '/api/signup', { body: { ...signUpForm(username), ...change }, remoteAddress });
  for (let n = 0; n < 5; n += 1)
    expect((await ask('Ann', '192.0.2.1', { password: 'a' })).status, 'is not counted').toBe(422);
  for (const username of ['Ann', 'Bob']) expect((await ask(username, '192.0.2.1')).status).toBe(201);
  const answer = await ask('Cleo', '192.0.2.1');
  expectRefusal(answer, 'rate_limited');
  expect(Number(answer.headers['retry-after'])).toBeLessThanOrEqual(60);
  expect(answer.cookies.size).toBe(0);
  expect((await ask('Cleo', '192.0.2.2')).status).toBe(201);
  await few.drop();
});

it.each(['/api/signup', '/api/login'])('%s signs nobody in from a page that is not allowed', async (url) => {
  const body = { ...signUpForm(name) };
  for (const origin of ['https://evil.example', 'null'])
    expectRefusal(await api.ask('POST', url, { body, headers: { origin } }), 'csrf_failed');
  expect((await signUp(body, { origin: ORIGIN })).status).toBe(201);
});

describe('POST /refresh', () => {
  let page: Record<string, string>;
  beforeEach(async () => {
    page = pageHeaders(await signUp(signUpForm(name)));
    api.readModels.know(name);
  });

  it('answers 204 and new cookies', async () => {
    const answer = await refresh(page);
    expect({ status: answer.status, body: answer.body }).toEqual({ status: 204, body: null });
    expectSessionCookies(answer, false);
    expect(cookieValue(answer, 'refresh_token')).not.toBe(
      /refresh_token=([^;]*)/.exec(page.cookie ?? '')?.[1],
    );
    expect((await api.ask('GET', '/api/self', { headers: pageHeaders(answer) })).status).toBe(200);
  });

  it('needs nothing of the access token', async () => {
    const cookie = (page.cookie ?? '').replace(/access_token=[^;]*/, 'access_token=expired');
    expect((await refresh({ ...page, cookie })).status).toBe(204);
  });

  it('answers 401 without a token, with an unknown one, and by bearer', async () => {
    const csrf = /csrftoken=[^;]*/.exec(page.cookie ?? '')?.[0] ?? '';
    const access = /access_token=([^;]*)/.exec(page.cookie ?? '')?.[1];
    for (const headers of [
      {},
      { ...page, cookie: csrf },
      { ...page, cookie: `${csrf}; refresh_token=unknown` },
      { ...page, cookie: `${csrf}; refresh_token=%00` },
      { authorization: `Bearer ${access}` },
    ])
      expectRefusal(await refresh(headers), 'unauthenticated');
  });

  it('answers 403 without proof, and does not use the token up', async () => {
    const { cookie = '', origin = '', 'x-csrftoken': token = '' } = page;
    for (const headers of [
      { cookie },
      { cookie, origin },
      { cookie, 'x-csrftoken': token },
      { ...page, origin: 'https://evil.example' },
      { ...page, 'x-csrftoken': 'other' },
    ])
      expectRefusal(await refresh(headers), 'csrf_failed');
    expect((await refresh(page)).status).toBe(204);
  });

  it('answers 401 to a token that was spent long ago and ends the family, with proof or without', async () => {
    for (const headers of [page, { cookie: page.cookie ?? '' }]) {
      page = pageHeaders(await logIn({ username: name, password: PASSWORD }));
      const renewed = pageHeaders(await refresh(page));
      api.accounts.passSeconds(10);
      const spent = headers === page ? page : { cookie: page.cookie ?? '' };
      expectRefusal(await refresh(spent), 'unauthenticated');
      expectRefusal(await api.ask('GET', '/api/self', { headers: renewed }), 'unauthenticated');
      expectRefusal(await refresh(renewed), 'unauthenticated');
    }
  });

  it('gives ten tabs at once the same cookies and the same news of them', async () => {
    const answers = await Promise.all(Array.from({ length: 10 }, () => refresh(page)));
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 204));
    expect(new Set(answers.map(({ cookies }) => JSON.stringify([...cookies]))).size).toBe(1);
    for (const answer of answers) expectSessionCookies(answer, false);
  });

  it('answers 403 to a token that was just spent, without proof', async () => {
    const renewed = pageHeaders(await refresh(page));
    expectRefusal(await refresh({ cookie: page.cookie ?? '' }), 'csrf_failed');
    expect((await refresh(renewed)).status).toBe(204);
  });

  it('keeps the CSRF token of the session: a tab that has read the old cookie is not refused', async () => {
    const token = page['x-csrftoken'];
    expect((await refresh(page)).headers['x-csrftoken']).toBe(token);
    const again = await logIn({ username: name, password: PASSWORD });
    expect(again.headers['x-csrftoken']).not.toBe(token);
  });

  it.each(['x', 'x'.repeat(44), '%20'.repeat(43), `${'x'.repeat(42)}%3B`])(
    'does not keep a CSRF token that it never gave: %s',
    async (token) => {
      const cookie = (page.cookie ?? '').replace(/csrftoken=[^;]*/, `csrftoken=${token}`);
      const answer = await refresh({ ...page, cookie, 'x-csrftoken': decodeURIComponent(token) });
      expect(answer.status).toBe(204);
      expectSessionCookies(answer, false);
    },
  );
});

describe('DELETE /logout', () => {
  it('answers 204, clears the cookies and ends the session at once', async () => {
    const page = pageHeaders(await signUp(signUpForm(name)));
    const answer = await logOut(page);
    expect({ status: answer.status, body: answer.body }).toEqual({ status: 204, body: null });
    expect(Object.fromEntries(answer.cookies)).toEqual({
      access_token: 'access_token=; Max-Age=0; Path=/; HttpOnly; SameSite=Lax',
      refresh_token: 'refresh_token=; Max-Age=0; Path=/; HttpOnly; SameSite=Lax',
      csrftoken: 'csrftoken=; Max-Age=0; Path=/; SameSite=Lax',
    });
    expectRefusal(await api.ask('GET', '/api/self', { headers: page }), 'unauthenticated');
    expectRefusal(await refresh(page), 'unauthenticated');
    expectRefusal(await logOut(page), 'unauthenticated');
    expect(api.accounts.bus.sessionChanges().map(({ change }) => change)).toEqual(['logged_out']);
  });
});
