import { beforeEach, describe, expect, it } from 'vitest';
import { ApiClient, freshName, PASSWORD, signUp, type User } from '../support/api-client.ts';
import type { Deployment } from '../support/deployment.ts';
import { openTab } from '../support/tab.ts';
import { announce, befriend, listOf } from './community.ts';
import type { Extent } from './extent.ts';

const AVATAR = 'https://pictures.example/ann.png?size=64';

/** What people say of themselves, and where others see it. */
export function describeProfiles(deployment: () => Deployment, extent: Extent): void {
  describe('profiles', () => {
    let ann: User;
    let bob: User;
    let nickname: string;
    beforeEach(async () => {
      const [here, there = here] = deployment().addresses;
      [ann, bob] = await Promise.all([signUp(here, 'Ann'), signUp(there, 'Bob')]);
      nickname = freshName('Nina');
    });

    it('are shown on every page as they are now, and at the next login', async () => {
      const cid = await signUp(ann.address, 'Cid');
      await ann.put(`/chats/${bob.username}`);
      await bob.put(`/chats/${ann.username}`);
      await bob.post(`/users/${bob.username}/friends`, { username: ann.username });
      await cid.post(`/users/${cid.username}/blocked_users`, { username: ann.username });
      expect((await ann.patch('/self', { nickname, avatar: AVATAR })).status).toBe(200);

      const profile = { username: ann.username, nickname, avatar: AVATAR };
      expect((await bob.get(`/users/${ann.username}`)).body).toMatchObject(profile);
      expect((await bob.get('/chats')).body).toMatchObject({ items: [profile] });
      expect((await bob.put(`/chats/${ann.username}`)).body).toMatchObject(profile);
      for (const [user, list] of [
        [bob, 'friends'],
        [cid, 'blocked_users'],
      ] as const)
        expect((await user.get(`/users/${user.username}/${list}`)).body).toMatchObject({ items: [profile] });
      const login = { username: ann.username, password: PASSWORD };
      expect((await new ApiClient(bob.address).post('/login', login)).body).toEqual(profile);
    });

    it('are in frames as they are when these are sent, and stay so when a tab resumes', async () => {
      const tab = await openTab(bob);
      const cursor = tab.lastCursor;
      await befriend(ann, bob);
      const before = await tab.action('new_friend');
      await ann.patch('/self', { nickname, avatar: AVATAR });
      await announce(ann, 'The cup');
      const later = await tab.action('new_tournament');
      await tab.close();

      expect(before.data).toMatchObject({ username: ann.username, nickname: ann.username, avatar: '' });
      expect(later.data).toMatchObject({ username: ann.username, nickname, avatar: AVATAR });
      const resumed = await openTab(bob, { cursor });
      for (const frame of [before, later]) expect(resumed.frames).toContainEqual(frame);
      const shown = { username: ann.username, nickname, avatar: AVATAR };
      expect(await listOf(bob)).toMatchObject({ items: [{ data: shown }, { data: shown }], count: 2 });
    });

    it('keep a nickname and a picture that two tabs change at the same moment, at two gateways', async () => {
      const there = new ApiClient(bob.address);
      for (const [name, value] of ann.cookies) there.cookies.set(name, value);
      for (let round = 0; round < 5; round += 1) {
        const wanted = { nickname: `${nickname}.${round}`, avatar: `/${round}.png` };
        const answers = await Promise.all([
          ann.patch('/self', { nickname: wanted.nickname }),
          there.patch('/self', { avatar: wanted.avatar }),
        ]);
        expect(answers.map(({ status }) => status)).toEqual([200, 200]);
        for (const client of [ann, there])
          expect((await client.get('/self')).body).toMatchObject({ username: ann.username, ...wanted });
      }
    });

    if (extent === 'one of each') return;

    it('change as a whole or in part, and answer what they are now', async () => {
      const { username } = ann;
      const changes: [object, object][] = [
        [{}, { username, nickname: username, avatar: '' }],
        [
          { nickname, avatar: AVATAR },
          { username, nickname, avatar: AVATAR },
        ],
        [{ avatar: '/pictures/ann.png' }, { username, nickname, avatar: '/pictures/ann.png' }],
        [{ nickname: bob.username }, { username, nickname: bob.username, avatar: '/pictures/ann.png' }],
        [{ avatar: '' }, { username, nickname: bob.username, avatar: '' }],
        [{ nickname: bob.username }, { username, nickname: bob.username, avatar: '' }],
      ];
      for (const [change, profile] of changes) {
        const { status, body } = await ann.patch('/self', change);
        expect({ status, body }).toEqual({ status: 200, body: profile });
        expect((await ann.get('/self')).body).toMatchObject(profile);
      }
    });

    it('are found by nickname and by username, in any case, and no longer by the nickname before', async () => {
      const before = freshName('Mia');
      const found = async (search: string) =>
        (await bob.get(`/users?search=${encodeURIComponent(search)}`)).body;
      const listed = (...users: object[]) => ({ items: users, count: users.length, next: null });
      await ann.patch('/self', { nickname: before });
      await ann.patch('/self', { nickname });
      const profile = { username: ann.username, nickname, avatar: '', is_online: false };
      for (const search of [
        nickname,
        nickname.toUpperCase().slice(0, -1),
        ann.username,
        ann.username.toLowerCase(),
      ])
        expect(await found(search)).toEqual(listed(profile));
      for (const search of [
        before,
        `${nickname}x`,
        nickname.slice(1),
        `${nickname.slice(0, -1)}_`,
        '%',
        '\\',
      ])
        expect(await found(search)).toEqual(listed());
      expect(await ann.get(`/users/${nickname}`)).toMatchObject({ status: 404 });
    });

    it.each([
      [{ nickname: '' }, ['nickname']],
      [{ nickname: 'two words' }, ['nickname']],
      [{ nickname: 'x'.repeat(51) }, ['nickname']],
      [{ nickname: '..' }, ['nickname']],
      [{ nickname: null }, ['nickname']],
      [{ avatar: 'http://pictures.example/ann.png' }, ['avatar']],
      [{ avatar: 'javascript:alert(1)' }, ['avatar']],
      [{ avatar: '//pictures.example/ann.png' }, ['avatar']],
      [{ avatar: '/\\pictures.example/ann.png' }, ['avatar']],
      [{ avatar: '/\t/pictures.example/ann.png' }, ['avatar']],
      [{ avatar: 'https://ann:secret@pictures.example/' }, ['avatar']],
      [{ avatar: `/${'x'.repeat(512)}` }, ['avatar']],
      [{ nickname: 'Nina', avatar: 'ann.png' }, ['avatar']],
      [{ nickname: '', avatar: 7 }, ['nickname', 'avatar']],
    ])('refuse %j with the fields at fault, and stay as they are', async (change, fields) => {
      const before = (await ann.get('/self')).body;
      const { status, body } = await ann.patch('/self', change);
      expect({ status, body }).toEqual({
        status: 422,
        body: fields.map((field) => ({
          loc: ['body', field],
          msg: expect.any(String),
          type: expect.any(String),
        })),
      });
      expect((await ann.get('/self')).body).toEqual(before);
    });

    it('are changed by their owner alone, from an allowed page', async () => {
      const change = { nickname };
      const refused = async (asked: ReturnType<ApiClient['request']>, status: number, code: string) =>
        expect(await asked).toMatchObject({ status, body: { code } });
      await refused(new ApiClient(ann.address).patch('/self', change), 401, 'unauthenticated');
      const forged = [{ 'x-csrftoken': 'wrong' }, { 'x-csrftoken': '' }, { origin: 'https://evil.example' }];
      for (const headers of forged)
        await refused(ann.request('PATCH', '/self', change, headers), 403, 'csrf_failed');
      await refused(ann.request('PATCH', '/self', '{"nickname":'), 400, 'malformed_json');
      expect((await ann.get('/self')).body).toMatchObject({ nickname: ann.username });
    });
  });
}
