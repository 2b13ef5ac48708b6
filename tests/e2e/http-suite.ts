import { describe, expect, it } from 'vitest';
import { ApiClient, freshName, PASSWORD, signUp } from '../support/api-client.ts';
import type { Deployment } from '../support/deployment.ts';
import type { Extent } from './extent.ts';

/** Another tab of the same browser, as it was when it read the cookies: of what comes later it does not hear. */
function tabOf(user: ApiClient): ApiClient {
  const tab = new ApiClient(user.address);
  for (const [name, value] of user.cookies) tab.cookies.set(name, value);
  return tab;
}

export function describeHttp(deployment: () => Deployment, extent: Extent): void {
  const address = () => deployment().addresses[0];

  describe('http', () => {
    it('shows a new user to itself and to others', async () => {
      const [ann, bob] = await Promise.all([signUp(address(), 'Ann'), signUp(address(), 'Bob')]);
      const profile = { username: ann.username, nickname: ann.username, avatar: '', is_online: false };
      expect((await ann.get('/self')).body).toEqual({
        ...profile,
        unread_messages_count: 0,
        unread_notifications_count: 0,
        game_id: null,
        tournament_id: null,
        is_engaged_in_game: false,
        opponent: null,
      });
      expect((await bob.get(`/users/${ann.username.toUpperCase()}`)).body).toEqual({
        ...profile,
        date_joined: expect.any(String),
        friends_count: 0,
        is_friend: false,
        is_blocked_user: false,
        is_blocked_by_user: false,
      });
      expect((await bob.get(`/users?search=${ann.username.slice(0, 10).toLowerCase()}`)).body).toMatchObject({
        items: [profile],
      });
    });

    it('signs in by username or email, and tells nothing else', async () => {
      const ann = await signUp(address(), 'Ann');
      const login = (username: string, password: string) =>
        new ApiClient(address()).post('/login', { username, password });
      expect((await login(ann.username.toLowerCase(), PASSWORD)).body).toEqual({
        username: ann.username,
        nickname: ann.username,
        avatar: '',
      });
      expect((await login(`${ann.username}@example.com`, PASSWORD)).status).toBe(200);
      const wrong = await login(ann.username, 'wrong password 1');
      const unknown = await login(freshName('nobody'), 'wrong password 1');
      expect([wrong.status, wrong.body]).toEqual([unknown.status, unknown.body]);
      expect(wrong.status).toBe(401);
    });

    if (extent === 'one of each') return;

    it('hides whoever blocks the caller', async () => {
      const [ann, bob] = await Promise.all([signUp(address(), 'Ann'), signUp(address(), 'Bob')]);
      await ann.post(`/users/${ann.username}/blocked_users`, { username: bob.username });
      expect((await bob.get(`/users/${ann.username}`)).status).toBe(404);
      expect((await bob.put(`/chats/${ann.username}`)).status).toBe(404);
      expect((await bob.get(`/users?search=${ann.username}`)).body).toMatchObject({ items: [], count: 0 });
    });

    it('answers 422 with the fields at fault', async () => {
      const ann = await signUp(address(), 'Ann');
      const again = await new ApiClient(address()).post('/signup', {
        username: ann.username.toUpperCase(),
        email: `${freshName('other')}@example.com`,
        password: PASSWORD,
        password_repeat: PASSWORD,
      });
      expect(again).toMatchObject({
        status: 422,
        body: [{ loc: ['body', 'username'], msg: expect.any(String) }],
      });
      const page = await ann.get('/chats?limit=101&offset=-1');
      expect(page.status).toBe(422);
      expect(page.body).toEqual([
        { loc: ['query', 'limit'], msg: expect.any(String), type: expect.any(String) },
        { loc: ['query', 'offset'], msg: expect.any(String), type: expect.any(String) },
      ]);
    });

    it('answers refusals with their code from the registry', async () => {
      const ann = await signUp(address(), 'Ann');
      const cases = [
        [await ann.put(`/chats/${ann.username}`), 422, 'self_chat'],
        [await ann.put('/chats/nobody.at.all'), 404, 'user_not_found'],
        [await ann.get('/chats/nobody.at.all/messages'), 404, 'chat_not_found'],
        [await ann.request('PUT', '/chats/x', undefined, { 'x-csrftoken': 'wrong' }), 403, 'csrf_failed'],
        [
          await ann.request('PUT', '/chats/x', undefined, { origin: 'https://evil.example' }),
          403,
          'csrf_failed',
        ],
        [await new ApiClient(address()).get('/self'), 401, 'unauthenticated'],
        [await new ApiClient(address()).post('/signup', '{"username":'), 400, 'malformed_json'],
        [await ann.get('/nothing/here'), 404, 'not_found'],
        [await ann.post('/login', JSON.stringify({ username: 'x'.repeat(70_000) })), 413, 'body_too_large'],
      ] as const;
      for (const [answer, status, code] of cases) {
        expect({ status: answer.status, body: answer.body }).toEqual({
          status,
          body: { code, msg: expect.any(String) },
        });
      }
    });

    it('gives ten tabs that refresh at once the same tokens, and repeats an answer that got lost', async () => {
      const ann = await signUp(address(), 'Ann');
      const tabs = Array.from({ length: 10 }, () => tabOf(ann));
      const lost = tabOf(ann);
      for (const answer of await Promise.all(tabs.map((tab) => tab.post('/refresh'))))
        expect(answer.status).toBe(204);
      expect((await lost.post('/refresh')).status).toBe(204);
      const cookies = [...tabs, lost].map((tab) => JSON.stringify([...tab.cookies]));
      expect(new Set(cookies).size).toBe(1);
      for (const tab of [...tabs, lost]) expect((await tab.get('/self')).status).toBe(200);
    });

    it('revokes the family when a spent refresh token comes back after its successor was used', async () => {
      const ann = await signUp(address(), 'Ann');
      const thief = tabOf(ann);
      for (let renewal = 0; renewal < 2; renewal += 1) expect((await ann.post('/refresh')).status).toBe(204);
      expect((await ann.get('/self')).status).toBe(200);
      expect((await thief.post('/refresh')).status).toBe(401);
      expect((await ann.get('/self')).status).toBe(401);
      expect((await ann.post('/refresh')).status).toBe(401);
    });
  });
}
