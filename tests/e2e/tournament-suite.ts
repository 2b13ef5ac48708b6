import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { Tournament } from '../../protocol/http-resources.ts';
import { type Answer, ApiClient, signUp, type User } from '../support/api-client.ts';
import type { Deployment } from '../support/deployment.ts';
import type { Extent } from './extent.ts';
import { expectRefusal } from './user-list-suite.ts';

const BODY = { name: 'Winter cup', required_participants: 8, alias: 'Ace' };
const DEFAULTS = { score_to_win: 5, game_speed: 'medium', ranked: false, time_limit: 3, cool_mode: false };

/** The user at another gateway. */
function at(address: string, user: User): ApiClient {
  const client = new ApiClient(address);
  for (const [name, value] of user.cookies) client.cookies.set(name, value);
  return client;
}

const tournamentOf = ({ body }: Answer) => body as Tournament;
const itemsOf = ({ body }: Answer) => (body as { items: Tournament[] }).items;
const openOf = async (client: ApiClient) =>
  ((await client.get('/self')).body as { tournament_id: string | null }).tournament_id;

async function announce(user: ApiClient, about: object = {}): Promise<Tournament> {
  const answer = await user.post('/tournaments', { ...BODY, ...about });
  expect(answer.status).toBe(201);
  return tournamentOf(answer);
}

export function describeTournaments(deployment: () => Deployment, extent: Extent): void {
  async function annAndBob() {
    const [here, there = here] = deployment().addresses;
    const [ann, bob] = await Promise.all([signUp(here, 'Ann'), signUp(there, 'Bob')]);
    return { ann, bob, annThere: at(there, ann) };
  }

  describe('a tournament', () => {
    it('is announced, and shown to everybody at any gateway, in any case and with a slash', async () => {
      const { ann, bob } = await annAndBob();
      expect(await openOf(ann)).toBeNull();
      const settings = { score_to_win: 20, game_speed: 'fast', ranked: true, time_limit: 1, cool_mode: true };
      const about = { name: ' Cup "of\ncups" 🂡 ', required_participants: 4, alias: "\\'%_ ☃" };
      const answer = await ann.post('/tournaments/', { ...about, settings, id: randomUUID() });
      const { username } = ann;
      expect(answer).toMatchObject({
        status: 201,
        body: {
          ...about,
          settings,
          status: 'pending',
          creator: { username, nickname: username, avatar: '' },
        },
      });
      const { id } = tournamentOf(answer);
      for (const path of [id, id.toUpperCase(), `${id}/`])
        expect(await bob.get(`/tournaments/${path}`)).toMatchObject({ status: 200, body: answer.body });
      expect(itemsOf(await bob.get('/tournaments/'))[0]).toEqual(answer.body);
      expect([await openOf(ann), await openOf(bob)]).toEqual([id, null]);
    });

    it('is refused while the creator has an open one, and may be announced after it is closed', async () => {
      const { ann, bob, annThere } = await annAndBob();
      const { id } = await announce(ann);
      for (const client of [ann, annThere])
        expectRefusal(await client.post('/tournaments', BODY), 403, 'tournament_open');
      await announce(bob);
      expect((await annThere.delete(`/tournaments/${id.toUpperCase()}/`)).status).toBe(204);
      expect(await openOf(ann)).toBeNull();
      const next = await announce(ann);
      expect(next.id).not.toBe(id);
      expect(await openOf(annThere)).toBe(next.id);
    });

    it('that one user announces many times at once, at several gateways, is announced once', async () => {
      const { ann, annThere } = await annAndBob();
      for (let round = 0; round < 3; round += 1) {
        const answers = await Promise.all(
          [ann, annThere, ann, annThere].map((client) => client.post('/tournaments', BODY)),
        );
        const [announced, ...more] = answers.filter(({ status }) => status === 201);
        expect(more).toEqual([]);
        if (!announced) throw new Error('not announced');
        for (const answer of answers) if (answer !== announced) expectRefusal(answer, 403, 'tournament_open');
        const { id } = tournamentOf(announced);
        expect(await openOf(ann)).toBe(id);
        expect((await ann.delete(`/tournaments/${id}`)).status).toBe(204);
      }
      const mine = itemsOf(await ann.get('/tournaments?limit=100')).filter(
        ({ creator }) => creator.username === ann.username,
      );
      expect(mine.map(({ status }) => status)).toEqual(['cancelled', 'cancelled', 'cancelled']);
    });

    it('is closed by its creator alone, once, however often it is asked for, also at once', async () => {
      const { ann, bob, annThere } = await annAndBob();
      const announced = await announce(ann);
      const path = `/tournaments/${announced.id}`;
      expectRefusal(await bob.delete(path), 403, 'forbidden');
      expect((await bob.get(path)).body).toEqual(announced);
      const closes = await Promise.all([ann, annThere, ann, annThere].map((client) => client.delete(path)));
      expect(closes.map(({ status, body }) => [status, body])).toEqual(Array(4).fill([204, null]));
      for (const user of [ann, bob])
        expect((await user.get(path)).body).toEqual({ ...announced, status: 'cancelled' });
      expect((await ann.delete(path)).status).toBe(204);
      expectRefusal(await bob.delete(path), 403, 'forbidden');
      expect(itemsOf(await bob.get('/tournaments'))[0]).toEqual({ ...announced, status: 'cancelled' });
    });

    if (extent === 'one of each') return;

    it('has the settings that games have, where nothing else is said', async () => {
      const { ann, bob } = await annAndBob();
      expect((await announce(ann)).settings).toEqual(DEFAULTS);
      const { settings } = await announce(bob, { settings: { time_limit: 5, unknown: null } });
      expect(settings).toEqual({ ...DEFAULTS, time_limit: 5 });
    });

    it('shows its creator as of now', async () => {
      const { ann, bob } = await annAndBob();
      const { id } = await announce(ann);
      await ann.patch('/self', { nickname: 'Annie', avatar: '/annie.png' });
      const creator = { username: ann.username, nickname: 'Annie', avatar: '/annie.png' };
      expect((await bob.get(`/tournaments/${id}`)).body).toMatchObject({ creator });
      expect(itemsOf(await bob.get('/tournaments'))[0]).toMatchObject({ id, creator });
    });

    it('stays open when its creator closes an earlier one again', async () => {
      const { ann, annThere } = await annAndBob();
      const { id: first } = await announce(ann);
      await ann.delete(`/tournaments/${first}`);
      const { id } = await announce(annThere);
      expect((await ann.delete(`/tournaments/${first}`)).status).toBe(204);
      expect((await ann.get(`/tournaments/${id}`)).body).toMatchObject({ status: 'pending' });
      expect(await openOf(ann)).toBe(id);
    });

    it('that is not there is 404, and so is what is no id', async () => {
      const { ann } = await annAndBob();
      for (const id of [randomUUID(), 'x', '7', '%00', '%20', randomUUID().replaceAll('-', '')])
        for (const answer of [await ann.get(`/tournaments/${id}`), await ann.delete(`/tournaments/${id}`)])
          expectRefusal(answer, 404, 'tournament_not_found');
    });

    it.each([
      [{}, [['name'], ['required_participants'], ['alias']]],
      [{ ...BODY, name: ' \n' }, [['name']]],
      [{ ...BODY, name: 'x'.repeat(51), alias: '' }, [['name'], ['alias']]],
      [{ ...BODY, alias: 'x'.repeat(13) }, [['alias']]],
      [{ ...BODY, required_participants: 16 }, [['required_participants']]],
      [
        { ...BODY, settings: { score_to_win: 2, ranked: 1 } },
        [
          ['settings', 'score_to_win'],
          ['settings', 'ranked'],
        ],
      ],
    ])('of %j is 422, and nothing is announced', async (body, fields) => {
      const { ann } = await annAndBob();
      const answer = await ann.post('/tournaments', body);
      expect(answer.status).toBe(422);
      expect((answer.body as { loc: string[] }[]).map(({ loc }) => loc)).toEqual(
        fields.map((field) => ['body', ...field]),
      );
      expect(await openOf(ann)).toBeNull();
    });

    it('is nobody’s to announce or to see who is not signed in', async () => {
      const { ann } = await annAndBob();
      const { id } = await announce(ann);
      const nobody = new ApiClient(ann.address);
      for (const [method, path] of [
        ['GET', '/tournaments'],
        ['POST', '/tournaments'],
        ['GET', `/tournaments/${id}`],
        ['DELETE', `/tournaments/${id}`],
      ] as const)
        expectRefusal(await nobody.request(method, path), 401, 'unauthenticated');
      expectRefusal(
        await ann.request('DELETE', `/tournaments/${id}`, undefined, { 'x-csrftoken': '' }),
        403,
        'csrf_failed',
      );
      expect(await openOf(ann)).toBe(id);
    });
  });

  describe('tournaments', () => {
    it('are listed, the newest first, and stay in their places while new ones come', async () => {
      const { ann, bob } = await annAndBob();
      const ids: string[] = [];
      for (let count = 0; count < 5; count += 1) {
        const { id } = await announce(ann, { name: `cup ${count}` });
        ids.unshift(id);
        await ann.delete(`/tournaments/${id}`);
      }
      const first = await bob.get('/tournaments?limit=2');
      const { count, next } = first.body as { count: number; next: string };
      await announce(bob);
      const second = await bob.get(`/tournaments?limit=2&before=${next}&offset=7`);
      const byOffset = await bob.get('/tournaments?limit=2&offset=3');
      expect([first, second].flatMap(itemsOf).map(({ id }) => id)).toEqual(ids.slice(0, 4));
      expect(second.body).toEqual({ ...(byOffset.body as object), count: count + 1 });
      const beyond = await bob.get('/tournaments?offset=10000');
      expect(beyond.body).toMatchObject({ items: [], count: count + 1, next: null });
    });

    if (extent === 'one of each') return;

    it.each(['limit=0', 'limit=101', 'offset=-1', 'offset=10001', 'before=x', 'before=WyJjaGF0cyIsWzFdXQ'])(
      'with %s are 422',
      async (query) => {
        const { ann } = await annAndBob();
        const answer = await ann.get(`/tournaments?${query}`);
        expect(answer).toMatchObject({ status: 422, body: [{ loc: ['query', query.split('=')[0]] }] });
      },
    );
  });
}
