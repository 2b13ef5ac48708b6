import { describe, expect, it } from 'vitest';
import { signUp } from '../support/api-client.ts';
import type { Deployment } from '../support/deployment.ts';
import { openTab } from '../support/tab.ts';
import { announce, befriend, block, listOf, unreadOf, updatesIn } from './community.ts';
import type { Extent } from './extent.ts';

const ISO_DATE = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;
const UUID = /^[0-9a-f-]{36}$/;

export function describeNotifications(deployment: () => Deployment, extent: Extent): void {
  const here = () => deployment().addresses[0];
  const there = () => deployment().addresses.at(-1) ?? here();

  const user = (prefix: string, address = here()) => signUp(address, prefix);

  describe('notifications', () => {
    it('of a new friend come to all tabs of the friend, and to the list', async () => {
      const [ann, bob] = await Promise.all([user('Ann'), user('Bob', there())]);
      const [annTab, ...bobTabs] = await Promise.all([
        openTab(ann),
        openTab(bob),
        openTab(bob, { address: here() }),
      ]);
      await befriend(ann, bob);
      const frames = await Promise.all(bobTabs.map((tab) => tab.action('new_friend')));
      for (const frame of frames) {
        expect(frame).toEqual({
          action: 'new_friend',
          data: {
            id: expect.stringMatching(UUID),
            username: ann.username,
            nickname: ann.username,
            avatar: '',
            date: expect.stringMatching(ISO_DATE),
          },
          cursor: frames[0]?.cursor,
        });
      }
      const { id, ...data } = frames[0]?.data ?? {};
      expect(await listOf(bob)).toEqual({
        items: [{ id, action: 'new_friend', data, is_read: false }],
        count: 1,
        next: null,
      });
      expect(await unreadOf(bob)).toBe(1);
      expect(annTab.of('new_friend')).toEqual([]);
      expect(await listOf(ann)).toEqual({ items: [], count: 0, next: null });
    });

    it('of a tournament come to all others at once, and to the lists of those who are away', async () => {
      const [ann, bob, cid, dan] = await Promise.all([
        user('Ann'),
        user('Bob', there()),
        user('Cid'),
        user('Dan', there()),
      ]);
      await block(dan, ann);
      const [annTab, bobTab, danTab] = await Promise.all([
        openTab(ann, { address: there() }),
        openTab(bob, { address: there() }),
        openTab(dan),
      ]);
      const { id: tournament_id } = await announce(ann, 'Autumn Cup');
      const late = await user('Late', there());
      const frame = await bobTab.frame(({ data }) => data.tournament_id === tournament_id);
      expect(frame).toMatchObject({
        action: 'new_tournament',
        data: {
          tournament_name: 'Autumn Cup',
          creator: 'Ace',
          alias: 'Ace',
          username: ann.username,
          nickname: ann.username,
          avatar: '',
          status: 'open',
          date: expect.stringMatching(ISO_DATE),
        },
      });
      const { id, ...data } = frame.data;
      for (const each of [bob, cid]) {
        expect(await listOf(each)).toEqual({
          items: [{ id, action: 'new_tournament', data, is_read: false }],
          count: 1,
          next: null,
        });
        expect(await unreadOf(each)).toBe(1);
      }
      for (const each of [ann, dan, late]) {
        expect(await listOf(each)).toMatchObject({ count: 0 });
        expect(await unreadOf(each)).toBe(0);
      }
      const marker = await announce(bob, 'Next Cup');
      for (const tab of [annTab, danTab]) {
        await tab.frame(({ data }) => data.tournament_id === marker.id);
        expect(tab.of('new_tournament')).toHaveLength(1);
      }
    });

    it('that a tab missed come when it resumes, once, but not those that are not for its user', async () => {
      const [ann, bob, cid] = await Promise.all([user('Ann'), user('Bob', there()), user('Cid')]);
      await block(bob, cid);
      const away = await openTab(bob);
      const cursor = away.lastCursor;
      await away.close();
      await befriend(ann, bob);
      const { id } = await announce(ann, 'missed');
      await announce(cid, 'not for Bob');
      await announce(bob, 'his own');
      const back = await openTab(bob, { cursor, address: there() });
      expect((await back.action('welcome')).data).toMatchObject({ recovered: true });
      expect(back.of('new_friend').map(({ data }) => data.username)).toEqual([ann.username]);
      expect(back.of('new_tournament').map(({ data }) => data.tournament_id)).toEqual([id]);
    });

    if (extent === 'one of each') return;

    it('of a new friend come once a day for each pair and direction, and show people as they are now', async () => {
      const [ann, bob] = await Promise.all([user('Ann'), user('Bob', there())]);
      for (let again = 0; again < 3; again += 1) {
        await befriend(ann, bob);
        await ann.delete(`/users/${ann.username}/friends/${bob.username}`);
      }
      await befriend(bob, ann);
      await ann.request('PATCH', '/self', { nickname: 'Annie', avatar: '/ann.png' });
      const { items } = await listOf(bob);
      expect(items.length).toBe(new Set(items.map(({ data }) => data.date.slice(0, 10))).size);
      expect(items[0]?.data).toMatchObject({ username: ann.username, nickname: 'Annie', avatar: '/ann.png' });
      expect(await listOf(ann)).toMatchObject({ count: 1 });
    });

    it('of a new friend do not come from somebody whom the receiver blocks', async () => {
      const [ann, bob] = await Promise.all([user('Ann'), user('Bob', there())]);
      await block(bob, ann);
      const refused = await ann.post(`/users/${ann.username}/friends`, { username: bob.username });
      expect(refused).toMatchObject({ status: 422, body: { code: 'blocked' } });
      expect(await listOf(bob)).toMatchObject({ count: 0 });
    });

    it('of a closed tournament are told of once, and are on no list and in no count', async () => {
      const [ann, bob, cid] = await Promise.all([user('Ann'), user('Bob', there()), user('Cid')]);
      const [annTab, bobTab, cidTab] = await Promise.all([openTab(ann), openTab(bob), openTab(cid)]);
      const { id: tournamentId } = await announce(ann, 'short');
      const { id } = (await bobTab.frame(({ data }) => data.tournament_id === tournamentId)).data;
      expect(await bobTab.ask('read_notification', { id })).toMatchObject({ action: 'ack' });
      for (const again of [1, 2]) {
        expect((await ann.delete(`/tournaments/${tournamentId}`)).status, `time ${again}`).toBe(204);
      }
      for (const each of [bob, cid])
        for (const filter of ['all', 'read', 'unread'])
          expect(await listOf(each, `?is_read=${filter}`)).toMatchObject({ items: [], count: 0 });
      expect([await unreadOf(bob), await unreadOf(cid)]).toEqual([0, 0]);
      expect(await bobTab.ask('read_notification', { id })).toMatchObject({ action: 'ack' });
      const { id: next } = await announce(cid, 'next');
      for (const tab of [annTab, bobTab]) await tab.frame(({ data }) => data.tournament_id === next);
      const closed = { id, status: 'closed' };
      expect(updatesIn(cidTab)).toEqual([closed]);
      expect(updatesIn(bobTab)).toEqual([{ id, is_read: true }, closed]);
      expect(updatesIn(annTab)).toEqual([]);
    });
  });
}
