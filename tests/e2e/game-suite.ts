import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { Deployment } from '../support/deployment.ts';
import type { Extent } from './extent.ts';
import {
  engagementOf,
  enter,
  FREE,
  type Player,
  play,
  reportEnd,
  selfOf,
  storyOf,
  toldTo,
  twoPlayers,
} from './players.ts';
import { expectRefusal } from './user-list-suite.ts';

const ISO_DATE = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

const finish = ({ user }: Player, gameId: string) => user.post(`/games/${gameId}/finish`);

export function describeGames(deployment: () => Deployment, extent: Extent): void {
  describe('a game', () => {
    it.each(['inviter', 'invitee', 'game server'])(
      'that the %s reports as over is over for both, once',
      async (reporter) => {
        const [ann, bob] = await twoPlayers(deployment());
        const gameId = await play(ann, bob);
        const report = () => {
          if (reporter === 'game server') return reportEnd(bob.user.address, gameId.toUpperCase());
          return finish(reporter === 'inviter' ? ann : bob, gameId);
        };
        for (const again of [1, 2, 3]) expect((await report()).status, `time ${again}`).toBe(204);
        expect((await finish(ann, gameId)).status).toBe(204);
        for (const me of [ann, bob]) {
          expect(await engagementOf(me)).toEqual(FREE);
          const told = (await toldTo(me)).filter(({ action }) => action === 'game_finished');
          expect(told).toEqual([
            {
              action: 'game_finished',
              data: { game_id: gameId, reason: 'reported', date: expect.stringMatching(ISO_DATE) },
              cursor: expect.any(String),
            },
          ]);
        }
      },
    );

    it('keeps both from announcing a tournament until it is over; one that is open engages nobody', async () => {
      const [ann, bob] = await twoPlayers(deployment());
      const cup = { name: 'Winter cup', required_participants: 4, alias: 'Ace' };
      expect((await ann.user.post('/tournaments', cup)).status).toBe(201);
      const gameId = await play(ann, bob);
      expectRefusal(await bob.user.post('/tournaments', cup), 403, 'in_game');
      await finish(ann, gameId);
      expect((await bob.user.post('/tournaments', cup)).status).toBe(201);
      expect(await selfOf(bob.user)).toMatchObject({ ...FREE, tournament_id: expect.any(String) });
    });

    if (extent === 'one of each') return;

    it('that is over can be followed by another between the two, which the old id does not end', async () => {
      const [ann, bob] = await twoPlayers(deployment());
      const first = await play(ann, bob);
      await finish(bob, first);
      const second = await play(bob, ann);
      expect(second).not.toBe(first);
      expect((await finish(ann, first)).status).toBe(204);
      for (const me of [ann, bob])
        expect(await engagementOf(me)).toEqual({ game_id: second, is_engaged_in_game: true });
    });

    it('is ended by nobody else, nor without being signed in', async () => {
      const [ann, bob] = await twoPlayers(deployment());
      const cid = await enter(deployment(), 'Cid');
      const gameId = await play(ann, bob);
      const foreign = { origin: 'https://evil.example' };
      const forged = await ann.user.request('POST', `/games/${gameId}/finish`, undefined, foreign);
      expectRefusal(await finish(cid, gameId), 403, 'forbidden');
      expectRefusal(await reportEnd(ann.user.address, gameId, 'x'.repeat(40)), 401, 'unauthenticated');
      expectRefusal(forged, 403, 'csrf_failed');
      for (const me of [ann, bob])
        expect(await engagementOf(me)).toEqual({ game_id: gameId, is_engaged_in_game: true });
      expect(await storyOf(ann)).toEqual(['game_accepted']);
    });

    it('that is not there is 404', async () => {
      const [ann, bob] = await twoPlayers(deployment());
      const gameId = await play(ann, bob);
      const unlike = `${gameId.slice(0, -1)}${gameId.endsWith('0') ? '1' : '0'}`;
      for (const id of [unlike, randomUUID(), '00000000-0000-8000-8000-000000000000', 'x', '%00'])
        for (const answer of [await finish(ann, id), await reportEnd(ann.user.address, id)])
          expectRefusal(answer, 404, 'game_not_found');
    });
  });
}
