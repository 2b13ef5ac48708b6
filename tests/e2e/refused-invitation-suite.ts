import { describe, expect, it } from 'vitest';
import { freshName } from '../support/api-client.ts';
import type { Deployment } from '../support/deployment.ts';
import type { Tab } from '../support/tab.ts';
import { block } from './community.ts';
import type { Extent } from './extent.ts';
import {
  acked,
  cancel,
  engagementOf,
  enter,
  FREE,
  invite,
  type Player,
  play,
  reply,
  storyOf,
  twoPlayers,
} from './players.ts';

const INVITE_LIMIT = 10;

/** What the tab has been told of attempts that came to nothing. */
const refusalsIn = (tab: Tab) =>
  tab.frames.filter(({ action, cursor }) => action === 'game_invite_canceled' && cursor === undefined);

/** The player's first tab has asked and is answered: all tabs of the player are told why not, by this code and this text. */
export async function expectRefused(
  player: Player,
  ask: (tab: Tab) => ReturnType<Tab['ask']>,
  [code, message]: readonly [string, string],
  client_id: string | null = 'the inviting tab',
): Promise<void> {
  const { tab, otherTab } = player;
  const count = refusalsIn(tab).length + 1;
  const error = await ask(tab);
  expect(error).toMatchObject({ action: 'error', data: { code } });
  const data = { username: null, nickname: null, message, client_id };
  const told = { action: 'game_invite_canceled', data };
  expect(tab.frames.at(tab.frames.indexOf(error) - 1)).toEqual(told);
  await otherTab.frame(() => refusalsIn(otherTab).length >= count);
  expect(refusalsIn(otherTab)).toEqual(refusalsIn(tab));
  expect(refusalsIn(tab)).toHaveLength(count);
}

const IN_GAME = ['in_game', 'You are in an ongoing game.'] as const;
const PENDING = ['invitation_pending', 'You have one invitation pending.'] as const;
const NOT_FOUND = ['invitation_not_found', 'Invitation not found.'] as const;
const NONE_PENDING = ['invitation_not_found', 'No pending invitations found.'] as const;
const NOT_INVITABLE = ['not_invitable', "This user can't be invited."] as const;

export function describeRefusedInvitations(deployment: () => Deployment, extent: Extent): void {
  describe('an invitation is refused, with a reason in all tabs of whoever asks,', () => {
    it('in a game, when it is sent or accepted', async () => {
      const [ann, bob] = await twoPlayers(deployment());
      const cid = await enter(deployment(), 'Cid');
      await play(ann, bob);
      for (const player of [ann, bob]) {
        await expectRefused(player, (tab) => invite(tab, cid.username), IN_GAME);
        acked(await invite(cid.tab, player.username));
        const accepting = (tab: Tab) => reply(tab, cid.username, true, { client_id: 'accepting' });
        await expectRefused(player, accepting, IN_GAME, 'accepting');
        expect(await cancel(cid.tab, player.username)).toMatchObject({ action: 'ack' });
      }
    });

    it('where one blocks the other', async () => {
      const [ann, bob] = await twoPlayers(deployment());
      await block(bob.user, ann.user);
      await expectRefused(ann, (tab) => invite(tab, bob.username), NOT_INVITABLE);
      await expectRefused(bob, (tab) => invite(tab, ann.username), NOT_INVITABLE);
      expect([await engagementOf(ann), await engagementOf(bob)]).toEqual([FREE, FREE]);
    });

    it('when too many are sent, whichever gateways they come through', async () => {
      const [ann, bob] = await twoPlayers(deployment());
      for (let sent = 0; sent < INVITE_LIMIT; sent += 1) {
        const tab = ann.tabs[sent % 2] ?? ann.tab;
        acked(await invite(tab, bob.username));
        expect(await cancel(tab, bob.username)).toMatchObject({ action: 'ack' });
      }
      const tooMany = ['rate_limited', 'Too many invitations, try again later.'] as const;
      await expectRefused(ann, (tab) => invite(tab, bob.username), tooMany);
      expect(await ann.otherTab.ask('game_invite', { username: bob.username, client_id: '' })).toMatchObject({
        data: { code: 'rate_limited', retryable: true },
      });
      acked(await invite(bob.tab, ann.username));
      acked(await reply(ann.tab, bob.username, true));
    });

    if (extent === 'one of each') return;

    it('to oneself', async () => {
      const [ann, bob] = await twoPlayers(deployment());
      const itself = (tab: Tab) => invite(tab, ann.username.toUpperCase());
      await expectRefused(ann, itself, ['self_invite', "You can't invite yourself to a game !"]);
      expect(await engagementOf(ann)).toEqual(FREE);
      expect(await storyOf(bob)).toEqual([]);
    });

    it('from oneself, when it is accepted', async () => {
      const ann = await enter(deployment(), 'Ann');
      await expectRefused(
        ann,
        (tab) => reply(tab, ann.username, true),
        ['self_invite', "You can't accept invitations from yourself to a game !"],
        null,
      );
    });

    it('while an own one is pending, when it is sent or accepted', async () => {
      const [ann, bob] = await twoPlayers(deployment());
      const cid = await enter(deployment(), 'Cid');
      acked(await invite(ann.tab, bob.username));
      for (const { username } of [cid, bob])
        await expectRefused(ann, (tab) => invite(tab, username), PENDING);
      acked(await invite(cid.tab, ann.username));
      await expectRefused(ann, (tab) => reply(tab, cid.username, true), PENDING, null);
      expect(await engagementOf(cid)).toEqual({ game_id: null, is_engaged_in_game: true });
    });

    it('that is not there, when it is accepted, declined or cancelled', async () => {
      const [ann, bob] = await twoPlayers(deployment());
      await expectRefused(ann, (tab) => reply(tab, bob.username, true), NOT_FOUND, null);
      await expectRefused(ann, (tab) => reply(tab, bob.username, false), NONE_PENDING, null);
      acked(await invite(bob.tab, ann.username));
      await cancel(bob.tab, ann.username);
      await expectRefused(ann, (tab) => reply(tab, bob.username, true), NOT_FOUND, null);
      const declining = (tab: Tab) => reply(tab, bob.username, false, { client_id: 'declining' });
      await expectRefused(ann, declining, NONE_PENDING, 'declining');
      const before = await storyOf(ann);
      for (const username of [bob.username, ann.username, freshName('nobody'), 'no name ☃'])
        expect(await cancel(ann.tab, username)).toMatchObject({
          action: 'error',
          data: { code: 'invitation_not_found' },
        });
      expect(await storyOf(ann)).toEqual(before);
    });

    it('to nobody, or from nobody', async () => {
      const ann = await enter(deployment(), 'Ann');
      const nobody = ['user_not_found', 'User not found.'] as const;
      for (const username of [freshName('nobody'), 'no name ☃', '.', '%', `'--`]) {
        await expectRefused(ann, (tab) => invite(tab, username), nobody);
        for (const accept of [true, false])
          await expectRefused(ann, (tab) => reply(tab, username, accept), nobody, null);
      }
      expect(await engagementOf(ann)).toEqual(FREE);
    });

    it('and by no error, unless it came with a request_id', async () => {
      const ann = await enter(deployment(), 'Ann');
      ann.tab.send({ action: 'game_invite', data: { username: ann.username, client_id: 'quiet' } });
      for (const tab of ann.tabs)
        expect((await tab.action('game_invite_canceled')).data).toMatchObject({ client_id: 'quiet' });
      await storyOf(ann);
      expect(ann.tabs.flatMap((tab) => tab.of('error'))).toEqual([]);
    });
  });
}
