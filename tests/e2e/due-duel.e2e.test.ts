import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Deployment, StartDeployment } from '../support/deployment.ts';
import { startDistributed } from '../support/distributed-deployment.ts';
import { startDistributedOnDouble } from '../support/distributed-on-double.ts';
import { startEmbedded } from '../support/embedded-deployment.ts';
import { describeWithNats } from '../support/nats-server.ts';
import { eventually } from '../support/patience.ts';
import { listOf, unreadOf } from './community.ts';
import {
  acked,
  engagementOf,
  FREE,
  invite,
  type Player,
  reply,
  reportEnd,
  SERVICE_TOKEN,
  statusesIn,
  toldTo,
  twoPlayers,
} from './players.ts';
import { expectRefused } from './refused-invitation-suite.ts';
import { expectRefusal } from './user-list-suite.ts';

/** What nobody answers or reports is over at once, and there is a game server. */
const SETTINGS = {
  INVITATION_TTL_S: '1',
  GAME_LIMIT_S: '1',
  INVITE_LIMIT: '1000',
  GAME_URL: 'https://game.example/{game_id}',
  SERVICE_TOKEN,
};

const EXPIRED = 'The invitation has expired.';

describe('what is due of duels, embedded,', () => {
  describeDueDuels(startEmbedded);
});

describeWithNats('what is due of duels in processes of their own, the log in PostgreSQL,', () => {
  describeDueDuels(startDistributed);
});

describeWithNats(
  'what is due of duels in processes of their own, the log in a double of EventStoreDB,',
  () => {
    describeDueDuels(startDistributedOnDouble);
  },
);

function describeDueDuels(start: StartDeployment): void {
  let deployment: Deployment;
  beforeAll(async () => {
    deployment = await start(SETTINGS);
  });
  afterAll(() => deployment?.stop());

  it('an invitation that nobody answers: it expires, for both, in all tabs', async () => {
    const [ann, bob] = await twoPlayers(deployment);
    acked(await invite(ann.tab, bob.username));
    const { id } = (await bob.tab.action('game_invite')).data;
    await bob.tab.action('game_invite_canceled');
    for (const [me, client_id] of [
      [ann, 'the inviting tab'],
      [bob, null],
    ] as const) {
      expect((await toldTo(me)).at(-1)).toEqual({
        action: 'game_invite_canceled',
        data: { username: null, nickname: null, message: EXPIRED, client_id },
        cursor: expect.any(String),
      });
      expect(await engagementOf(me)).toEqual(FREE);
    }
    expect(statusesIn(bob.tab)).toEqual([{ id, status: 'expired' }]);
    expect(await listOf(bob.user)).toMatchObject({ items: [], count: 0 });
    expect(await unreadOf(bob.user)).toBe(0);
    const accepting = (tab: Player['tab']) => reply(tab, ann.username, true, { client_id: 'late' });
    await expectRefused(bob, accepting, ['invitation_expired', EXPIRED], 'late');
    acked(await invite(ann.tab, bob.username));
  });

  it('a game that nobody reports: it is over for both', async () => {
    const [ann, bob] = await twoPlayers(deployment);
    const game_id = await playInTime(ann, bob);
    for (const me of [ann, bob]) {
      await me.tab.action('game_finished');
      expect((await toldTo(me)).at(-1)).toMatchObject({
        action: 'game_finished',
        data: { game_id, reason: 'expired' },
      });
      expect(await engagementOf(me)).toEqual(FREE);
    }
  });

  it('nothing that players may say of a game, while a game server does', async () => {
    const [ann, bob] = await twoPlayers(deployment);
    const gameId = await playInTime(ann, bob);
    for (const { user } of [ann, bob])
      expectRefusal(await user.post(`/games/${gameId}/finish`), 403, 'forbidden');
    expect((await reportEnd(ann.user.address, gameId)).status).toBe(204);
    expect([await engagementOf(ann), await engagementOf(bob)]).toEqual([FREE, FREE]);
  });
}

/** Where invitations do not wait for a slow machine, it may take several. */
const playInTime = (inviter: Player, invitee: Player): Promise<string> =>
  eventually(async () => {
    await invite(inviter.tab, invitee.username);
    return acked(await reply(invitee.tab, inviter.username, true));
  });
