import { describe, expect, it } from 'vitest';
import { type Answer, ApiClient, signUp, type User } from '../support/api-client.ts';
import type { Deployment } from '../support/deployment.ts';
import type { Extent } from './extent.ts';

/** Each list of users, and how what is asked of it in vain is refused. */
const LISTS = [
  ['friends', { self: 'self_friend', duplicate: 'already_friend', missing: 'not_friend' }],
  ['blocked_users', { self: 'self_block', duplicate: 'already_blocked', missing: 'not_blocked' }],
] as const;

type List = (typeof LISTS)[number][0];

export const pathOf = (user: User, list: List) => `/users/${user.username}/${list}`;
export const add = (user: User, list: List, other: User) =>
  user.post(pathOf(user, list), { username: other.username });
export const remove = (user: User, list: List, other: User) =>
  user.delete(`${pathOf(user, list)}/${other.username}`);

const profileOf = ({ username }: User) => ({ username, nickname: username, avatar: '' });
const pageOf = (users: readonly User[], is_online: unknown) => ({
  items: users.map((user) => ({ ...profileOf(user), is_online })),
  count: users.length,
  next: null,
});
/** They have no tab. */
export const listed = (...users: User[]) => pageOf(users, false);
/** They have tabs, which may not count yet. */
export const listedWithTabs = (...users: User[]) => pageOf(users, expect.any(Boolean));

const refused = (code: string) => ({ code, msg: expect.any(String) });
export const expectRefusal = ({ status, body }: Answer, expected: number, code: string) =>
  expect({ status, body }).toEqual({ status: expected, body: refused(code) });

/** Three users, spread over the gateways. */
export async function threePeople({ addresses }: Deployment) {
  const [here, there = here] = addresses;
  const [ann, bob, cid] = await Promise.all([signUp(here, 'Ann'), signUp(there, 'Bob'), signUp(here, 'Cid')]);
  return { ann, bob, cid };
}

export function describeUserLists(deployment: () => Deployment, extent: Extent): void {
  describe.each(LISTS)('%s', (list, codes) => {
    it('are added, listed by name in pages, and removed; each in any case and with a slash', async () => {
      const { ann, bob, cid } = await threePeople(deployment());
      expect((await ann.get(pathOf(ann, list))).body).toEqual(listed());
      const added = await ann.post(`/users/${ann.username.toUpperCase()}/${list}/`, {
        username: bob.username.toLowerCase(),
      });
      expect(added).toMatchObject({ status: 201, body: profileOf(bob) });
      expect((await add(ann, list, cid)).status).toBe(201);
      expect((await ann.get(`${pathOf(ann, list)}/`)).body).toEqual(listed(bob, cid));
      const first = await ann.get(`${pathOf(ann, list)}?limit=1`);
      expect(first.body).toEqual({ ...listed(bob), count: 2, next: expect.any(String) });
      const { next } = first.body as { next: string };
      for (const query of [`limit=1&before=${encodeURIComponent(next)}`, 'limit=1&offset=1']) {
        expect((await ann.get(`${pathOf(ann, list)}?${query}`)).body).toEqual({ ...listed(cid), count: 2 });
      }
      expect((await bob.get(pathOf(bob, list))).body).toEqual(listed());
      const removed = await ann.delete(`${pathOf(ann, list)}/${bob.username.toUpperCase()}/`);
      expect([removed.status, removed.body]).toEqual([204, null]);
      expect((await ann.get(pathOf(ann, list))).body).toEqual(listed(cid));
    });

    if (extent === 'one of each') return;

    it('refuse oneself, strangers to Rally, and what is so already, and change nothing', async () => {
      const { ann, bob, cid } = await threePeople(deployment());
      expect((await add(ann, list, bob)).status).toBe(201);
      expectRefusal(await add(ann, list, bob), 422, codes.duplicate);
      expectRefusal(await add(ann, list, ann), 422, codes.self);
      expectRefusal(await remove(ann, list, cid), 422, codes.missing);
      for (const username of ['nobody.at.all', 'not a name']) {
        expectRefusal(await ann.post(pathOf(ann, list), { username }), 404, 'user_not_found');
        const path = `${pathOf(ann, list)}/${encodeURIComponent(username)}`;
        expectRefusal(await ann.delete(path), 404, 'user_not_found');
      }
      expect((await ann.get(pathOf(ann, list))).body).toEqual(listed(bob));
      expect((await remove(ann, list, bob)).status).toBe(204);
      expectRefusal(await remove(ann, list, bob), 422, codes.missing);
    });

    it('are nobody else’s to see or change, and nobody’s without a session or proof', async () => {
      const { ann, bob } = await threePeople(deployment());
      const stranger = Object.assign(new ApiClient(ann.address), { username: ann.username });
      for (const [user, status, code] of [
        [bob, 403, 'forbidden'],
        [stranger, 401, 'unauthenticated'],
      ] as const) {
        expectRefusal(await user.get(pathOf(ann, list)), status, code);
        expectRefusal(await user.post(pathOf(ann, list), { username: bob.username }), status, code);
        expectRefusal(await user.delete(`${pathOf(ann, list)}/${bob.username}`), status, code);
      }
      const forged = { 'x-csrftoken': 'wrong' };
      const body = { username: bob.username };
      expectRefusal(await ann.request('POST', pathOf(ann, list), body, forged), 403, 'csrf_failed');
      expect((await ann.get(pathOf(ann, list))).body).toEqual(listed());
    });

    it('answer 422 with the fields at fault', async () => {
      const { ann } = await threePeople(deployment());
      const atFault = async (answer: Promise<Answer>) => {
        const { status, body } = await answer;
        return [status, (body as { loc: string[] }[]).map(({ loc }) => loc.join('.'))];
      };
      for (const body of [undefined, {}, { username: 7 }, { username: '' }, { username: 'x'.repeat(51) }])
        expect(await atFault(ann.post(pathOf(ann, list), body))).toEqual([422, ['body.username']]);
      expect(await atFault(ann.get(`${pathOf(ann, list)}?limit=0&offset=-1`))).toEqual([
        422,
        ['query.limit', 'query.offset'],
      ]);
      expect(await atFault(ann.get(`${pathOf(ann, list)}?before=bad`))).toEqual([422, ['query.before']]);
    });
  });
}
