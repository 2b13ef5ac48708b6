import { describe, expect, it } from 'vitest';
import type { Deployment } from '../support/deployment.ts';
import { openTab } from '../support/tab.ts';
import { block, listOf, unreadOf } from './community.ts';
import type { Extent } from './extent.ts';
import { describeGames } from './game-suite.ts';
import {
  acked,
  cancel,
  engagementOf,
  enter,
  FREE,
  invite,
  play,
  reply,
  reportEnd,
  statusesIn,
  storyOf,
  toldTo,
  twoPlayers,
} from './players.ts';
import { describeRefusedInvitations } from './refused-invitation-suite.ts';

const ISO_DATE = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;
const DEFAULTS = { score_to_win: 5, game_speed: 'medium', ranked: false, time_limit: 3, cool_mode: false };

export function describeDuels(deployment: () => Deployment, extent: Extent): void {
  describe('an invitation', () => {
    it('reaches all tabs of its invitee, and the list of notifications, with everything a client needs', async () => {
      const [ann, bob] = await twoPlayers(deployment());
      const options = { score_to_win: 20, game_speed: 'fast', cool_mode: true, unknown: 1 };
      const invitationId = acked(await invite(ann.tab, bob.username.toUpperCase(), { options }));
      const { unknown: _, ...known } = { ...DEFAULTS, ...options };
      const [frame, ...others] = await toldTo(bob);
      expect(others).toEqual([]);
      expect(frame).toEqual({
        action: 'game_invite',
        data: {
          id: expect.any(String),
          ...ann.profile,
          game_id: invitationId,
          client_id: null,
          options: known,
          settings: known,
          status: 'pending',
          invitee: bob.profile,
          date: expect.stringMatching(ISO_DATE),
        },
        cursor: expect.any(String),
      });
      const { id, ...data } = frame?.data ?? {};
      const listed = { id, action: 'game_invite', data, is_read: false };
      expect(await listOf(bob.user)).toEqual({ items: [listed], count: 1, next: null });
      expect(await storyOf(ann)).toEqual([]);
      expect(await engagementOf(ann)).toEqual({ game_id: null, is_engaged_in_game: true });
      expect(await engagementOf(bob)).toEqual(FREE);
    });

    it('that is accepted is a game for both, in all tabs', async () => {
      const [ann, bob] = await twoPlayers(deployment());
      acked(await invite(ann.tab, bob.username));
      const { id } = (await bob.otherTab.action('game_invite')).data;
      const game_id = acked(await reply(bob.otherTab, ann.username.toLowerCase(), true, { client_id: 'x' }));
      for (const [me, other, before] of [
        [ann, bob, []],
        [bob, ann, ['game_invite']],
      ] as const) {
        const told = await toldTo(me);
        expect(told.map(({ action }) => action)).toEqual([...before, 'game_accepted']);
        const game = { game_id, ...other.profile };
        expect(told.at(-1)).toEqual({
          action: 'game_accepted',
          data: game,
          ...game,
          cursor: expect.any(String),
        });
        expect(await engagementOf(me)).toEqual({ game_id, is_engaged_in_game: true });
      }
      expect(statusesIn(bob.tab)).toEqual([{ id, status: 'accepted' }]);
      expect(await listOf(bob.user)).toMatchObject({ items: [], count: 0 });
    });

    it('that is accepted from two tabs at once is one game', async () => {
      const [ann, bob] = await twoPlayers(deployment());
      await invite(ann.tab, bob.username);
      const answers = await Promise.all(bob.tabs.map((tab) => reply(tab, ann.username, true)));
      const games = answers.flatMap(({ action, data }) => (action === 'ack' ? [data.id] : []));
      expect(games.length).toBeGreaterThan(0);
      await ann.tab.action('game_accepted');
      const { game_id } = await engagementOf(ann);
      expect(new Set(games)).toEqual(new Set([game_id]));
      expect(await engagementOf(bob)).toEqual({ game_id, is_engaged_in_game: true });
      expect(await storyOf(ann)).toEqual(['game_accepted']);
      for (const { action, data } of answers)
        if (action === 'error') expect(data.code).toBe('invitation_not_found');
    });

    it('that is declined is told to both, and leaves both free', async () => {
      const [ann, bob] = await twoPlayers(deployment());
      await invite(ann.tab, bob.username);
      const { data } = await reply(bob.tab, ann.username, false);
      expect(data).toEqual({ position: expect.any(String) });
      const { username, nickname } = bob.profile;
      for (const me of [ann, bob])
        expect((await toldTo(me)).at(-1)).toEqual({
          action: 'game_declined',
          data: { username, nickname },
          cursor: expect.any(String),
        });
      expect([await engagementOf(ann), await engagementOf(bob)]).toEqual([FREE, FREE]);
      acked(await invite(bob.tab, ann.username));
    });

    it('that is cancelled is told to both, and where it came from to its inviter alone', async () => {
      const [ann, bob] = await twoPlayers(deployment());
      await invite(ann.tab, bob.username, { client_id: "the tab's own ☃" });
      expect(await cancel(ann.otherTab, bob.username.toUpperCase())).toMatchObject({ action: 'ack' });
      const { username, nickname } = ann.profile;
      for (const [me, client_id] of [
        [ann, "the tab's own ☃"],
        [bob, null],
      ] as const)
        expect((await toldTo(me)).at(-1)).toEqual({
          action: 'game_invite_canceled',
          data: { username, nickname, message: null, client_id },
          cursor: expect.any(String),
        });
      expect([await engagementOf(ann), await engagementOf(bob)]).toEqual([FREE, FREE]);
    });

    it.each(['inviter', 'invitee'])('is cancelled by a block of the %s', async (who) => {
      const [ann, bob] = await twoPlayers(deployment());
      await invite(ann.tab, bob.username);
      const { id } = (await bob.tab.action('game_invite')).data;
      if (who === 'inviter') await block(ann.user, bob.user);
      else await block(bob.user, ann.user);
      const { username, nickname } = ann.profile;
      for (const [me, client_id] of [
        [ann, 'the inviting tab'],
        [bob, null],
      ] as const)
        expect((await toldTo(me)).at(-1)).toMatchObject({
          action: 'game_invite_canceled',
          data: { username, nickname, message: null, client_id },
        });
      expect(statusesIn(bob.tab)).toEqual([{ id, status: 'cancelled' }]);
      expect(await engagementOf(ann)).toEqual(FREE);
    });

    it('the other way declines the first, and goes on', async () => {
      const [ann, bob] = await twoPlayers(deployment());
      await invite(ann.tab, bob.username);
      const { id } = (await bob.tab.action('game_invite')).data;
      acked(await invite(bob.tab, ann.username));
      expect(await storyOf(ann)).toEqual(['game_declined', 'game_invite']);
      expect(await storyOf(bob)).toEqual(['game_invite', 'game_declined']);
      for (const me of [ann, bob])
        expect((await me.tab.action('game_declined')).data.username).toBe(bob.username);
      expect(statusesIn(bob.tab)).toEqual([{ id, status: 'declined' }]);
      expect([await engagementOf(ann), await engagementOf(bob)]).toMatchObject([
        FREE,
        { is_engaged_in_game: true },
      ]);
      acked(await reply(ann.tab, bob.username, true));
    });

    it('and all that follows come to a tab that was away, in their order', async () => {
      const [ann, bob] = await twoPlayers(deployment());
      const cursor = bob.otherTab.lastCursor;
      await bob.otherTab.close();
      const gameId = await play(ann, bob);
      await reportEnd(ann.user.address, gameId);
      await invite(ann.tab, bob.username);
      await reply(bob.tab, ann.username, false);
      await invite(ann.tab, bob.username);
      await cancel(ann.tab, bob.username);
      await bob.tab.frame(({ action }) => action === 'game_invite_canceled');
      const back = await openTab(bob.user, { cursor, address: deployment().addresses[0] });
      expect((await back.action('welcome')).data).toMatchObject({ recovered: true });
      const seen = bob.tab.frames.filter(({ cursor }) => cursor !== undefined);
      expect(back.frames.filter(({ cursor }) => cursor !== undefined)).toEqual(seen);
      expect(seen.map(({ action }) => action).filter((action) => action.startsWith('game'))).toEqual([
        'game_invite',
        'game_accepted',
        'game_finished',
        'game_invite',
        'game_declined',
        'game_invite',
        'game_invite_canceled',
      ]);
    });

    if (extent === 'one of each') return;

    it('has the options that clients of the first implementation call settings', async () => {
      const [ann, bob] = await twoPlayers(deployment());
      await invite(ann.tab, bob.username, { settings: { time_limit: 1, ranked: true } });
      const { data } = await bob.tab.action('game_invite');
      const expected = { ...DEFAULTS, time_limit: 1, ranked: true };
      expect([data.options, data.settings]).toEqual([expected, expected]);
    });

    it('counts as unread until its notification is read or it ends, and ends in all tabs', async () => {
      const [ann, bob] = await twoPlayers(deployment());
      await invite(ann.tab, bob.username);
      const { id } = (await bob.tab.action('game_invite')).data;
      expect(await unreadOf(bob.user)).toBe(1);
      expect(await bob.otherTab.ask('read_notification', { id })).toMatchObject({ action: 'ack' });
      expect(await unreadOf(bob.user)).toBe(0);
      await cancel(ann.tab, bob.username);
      await invite(ann.tab, bob.username);
      await bob.tab.frame(() => bob.tab.of('game_invite').length === 2);
      expect(await unreadOf(bob.user)).toBe(1);
      await reply(bob.tab, ann.username, false);
      expect(await unreadOf(bob.user)).toBe(0);
      await storyOf(bob);
      expect(statusesIn(bob.tab)).toEqual([
        { id, status: 'cancelled' },
        { id: expect.any(String), status: 'declined' },
      ]);
      expect(statusesIn(bob.otherTab)).toEqual(statusesIn(bob.tab));
    });

    it('is accepted among those of several, which go on', async () => {
      const [ann, bob] = await twoPlayers(deployment());
      const cid = await enter(deployment(), 'Cid');
      await invite(ann.tab, bob.username);
      await invite(cid.tab, bob.username);
      const game_id = acked(await reply(bob.tab, cid.username, true));
      await cid.tab.action('game_accepted');
      expect(await engagementOf(cid)).toEqual({ game_id, is_engaged_in_game: true });
      expect(await engagementOf(ann)).toEqual({ game_id: null, is_engaged_in_game: true });
      expect(await listOf(bob.user)).toMatchObject({
        items: [{ data: { username: ann.username } }],
        count: 1,
      });
      expect(await cancel(ann.tab, bob.username)).toMatchObject({ action: 'ack' });
    });
  });

  describeRefusedInvitations(deployment, extent);
  describeGames(deployment, extent);
}
