import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { eventually } from '../../support/patience.ts';
import { PASSWORD } from '../accounts/accounts-fixture.ts';
import { type Answer, type ApiFixture, expectRefusal, openTestApi, signUpForm } from './api-fixture.ts';

type Page = Record<string, string>;

let api: ApiFixture;
let ann: Page;
let bob: Page;
beforeEach(async () => {
  api = await openTestApi();
  ann = await api.signUp('Ann');
  bob = await api.signUp('Bob');
  api.readModels.calls.length = 0;
  api.waits.length = 0;
});
afterEach(() => api.drop());

const search = (headers: Page) => api.ask('GET', '/api/users?offset=10000', { headers });

const searches = (times: number, headers: Page): Promise<Answer>[] =>
  Array.from({ length: times }, () => search(headers));

const begun = (query: string) => api.readModels.calls.filter(([name]) => name === query).length;

const untilBegun = (query: string, times: number) => eventually(() => expect(begun(query)).toBe(times));

const statuses = async (answers: Promise<Answer>[]) =>
  (await Promise.all(answers)).map(({ status }) => status);

describe('while one user asks for page after page', () => {
  it('they are read one after the other', async () => {
    const { release } = api.readModels.hold('searchUsers');
    const asked = searches(20, ann);
    await untilBegun('searchUsers', 1);
    expect((await api.ask('GET', '/api/self', { headers: bob })).status).toBe(200);
    expect(begun('searchUsers')).toBe(1);
    release();
    expect(await statuses(asked)).toEqual(expect.arrayContaining([200]));
  });

  it('those that find too many waiting are refused at once, and nobody else is', async () => {
    const { release } = api.readModels.hold('searchUsers');
    const refused: Answer[] = [];
    const asked = searches(600, ann).map(async (asking) => {
      const answer = await asking;
      if (answer.status !== 200) refused.push(answer);
      return answer.status;
    });
    await eventually(() => expect(refused.length).toBeGreaterThanOrEqual(600 - 1 - 512));
    for (const answer of refused) expectRefusal(answer, 'unavailable');
    expect((await api.ask('GET', '/api/self', { headers: bob })).status).toBe(200);
    release();
    const all = await Promise.all(asked);
    expect(all.filter((status) => status === 200).length).toBe(600 - refused.length);
  });

  it('and others take every place there is for pages, sessions and logins go on', async () => {
    const { release } = api.readModels.hold('searchUsers');
    const crowd = await Promise.all(
      ['Cid', 'Dan', 'Eve', 'Fay', 'Gil', 'Hal'].map((name) => api.signUp(name)),
    );
    const asked = crowd.flatMap((one) => searches(3, one));
    await untilBegun('searchUsers', 6);
    const logIn = { body: { username: 'Bob', password: PASSWORD } };
    expect((await api.ask('POST', '/api/login', logIn)).status).toBe(200);
    expect((await api.ask('POST', '/api/refresh', { headers: bob })).status).toBe(204);
    expect((await api.ask('GET', '/api/users/Nobody%20', { headers: bob })).status).toBe(404);
    expect((await api.ask('DELETE', '/api/logout', { headers: bob })).status).toBe(204);
    expect(begun('searchUsers')).toBe(6);
    release();
    await Promise.all(asked);
  });
});

describe('for a client that has gone', () => {
  const isAbandoned = () => true;

  it.each([
    ['GET', '/api/self'],
    ['GET', '/api/chats/Bob/messages'],
    ['PUT', '/api/chats/Bob'],
    ['DELETE', '/api/logout'],
  ])('%s %s looks up no session', async (method, url) => {
    const lookUp = vi.spyOn(api.accounts.accounts, 'authenticate');
    expect((await api.ask(method, url, { headers: ann, isAbandoned })).status).toBe(499);
    expect(lookUp).not.toHaveBeenCalled();
    expect(api.readModels.calls).toEqual([]);
    expect(api.commands).toEqual([]);
  });

  it('nothing is read once the session has been looked up', async () => {
    let gone = false;
    const { authenticate } = api.accounts.accounts;
    vi.spyOn(api.accounts.accounts, 'authenticate').mockImplementation(async (token) => {
      const session = await authenticate(token);
      gone = true;
      return session;
    });
    for (const [method, url] of [
      ['GET', '/api/self'],
      ['PUT', '/api/chats/Bob'],
    ] as const) {
      gone = false;
      const answer = await api.ask(method, url, { headers: ann, isAbandoned: () => gone });
      expect(answer.status, url).toBe(499);
    }
    expect(api.readModels.calls).toEqual([]);
    expect(api.commands).toEqual([]);
  });

  it('a stored command is not waited for', async () => {
    const isAbandoned = () => api.commands.length > 0;
    expect((await api.ask('PUT', '/api/chats/Bob', { headers: ann, isAbandoned })).status).toBe(499);
    expect(api.commands).toHaveLength(1);
    expect(api.waits).toEqual([]);
    expect(api.readModels.calls).toEqual([]);
  });

  it('a stored signup is not waited for', async () => {
    const { signUp } = api.accounts.accounts;
    let gone = false;
    vi.spyOn(api.accounts.accounts, 'signUp').mockImplementation(async (form) => {
      const result = await signUp(form);
      gone = true;
      return result;
    });
    const asking = { body: signUpForm('Cid'), isAbandoned: () => gone };
    expect((await api.ask('POST', '/api/signup', asking)).status).toBe(201);
    expect(api.waits).toEqual([]);
  });

  it('a page that waits for its turn is passed over when it comes', async () => {
    const { release } = api.readModels.hold('searchUsers');
    const [asked] = searches(1, ann);
    await untilBegun('searchUsers', 1);
    let gone = false;
    const abandoned = Array.from({ length: 50 }, () =>
      api.ask('GET', '/api/self', { headers: ann, isAbandoned: () => gone }),
    );
    await eventually(async () =>
      expect(await api.registry.metrics()).toContain('rally_http_steps{step="pages",state="waiting"} 50'),
    );
    gone = true;
    release();
    expect((await asked)?.status).toBe(200);
    expect(await statuses(abandoned)).not.toContain(200);
    expect(begun('self')).toBe(0);
  });
});
