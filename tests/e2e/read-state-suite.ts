import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { eventFrame } from '../../protocol/server-frames.ts';
import { type Answer, ApiClient, signUp } from '../support/api-client.ts';
import type { Deployment } from '../support/deployment.ts';
import { type Noted, NotificationClient, notedOf } from '../support/notification-client.ts';
import { openTab, type Tab } from '../support/tab.ts';
import { announce, befriend, block, listOf, unreadOf, updatesIn } from './community.ts';
import type { Extent } from './extent.ts';

export function describeReadState(deployment: () => Deployment, extent: Extent): void {
  const here = () => deployment().addresses[0];
  const there = () => deployment().addresses.at(-1) ?? here();
  const user = (prefix: string, address = here()) => signUp(address, prefix);
  const several = (count: number) => Array.from({ length: count }, () => user('Other'));

  describe('reading notifications', () => {
    it('in one tab shows in all, once, and in lists and counts', async () => {
      const [ann, bob, cid] = await Promise.all([user('Ann'), user('Bob', there()), user('Cid')]);
      const [tab, otherTab] = await Promise.all([openTab(bob), openTab(bob, { address: here() })]);
      await befriend(ann, bob);
      await announce(cid, 'Cup');
      const { items } = await listOf(bob);
      const [announced, added] = items.map(({ id }) => id);
      for (const id of [added, added?.toUpperCase(), announced, announced])
        expect(await tab.ask('read_notification', { id })).toMatchObject({ action: 'ack' });
      await otherTab.frame(({ data }) => data.id === announced && data.is_read === true);
      expect(updatesIn(otherTab)).toEqual([
        { id: added, is_read: true },
        { id: announced, is_read: true },
      ]);
      expect(await unreadOf(bob)).toBe(0);
      const read = items.map((item) => ({ ...item, is_read: true }));
      expect(await listOf(bob)).toEqual({ items: read, count: 2, next: null });
      expect(await listOf(bob, '?is_read=true')).toEqual({ items: read, count: 2, next: null });
      expect(await listOf(bob, '?is_read=false')).toEqual({ items: [], count: 0, next: null });
      expect(await unreadOf(ann)).toBe(1);
    });

    it('one by one from several tabs at once leaves the count right, and tells of each once', async () => {
      const [bob, ...others] = await Promise.all([user('Bob', there()), ...several(6)]);
      const tabs = await Promise.all([here(), there(), here()].map((address) => openTab(bob, { address })));
      await Promise.all(others.map((other) => befriend(other, bob)));
      await announce(others[0] ?? bob, 'Cup');
      const { items } = await listOf(bob);
      expect([items.length, await unreadOf(bob)]).toEqual([7, 7]);
      const read = items.slice(0, 5).map(({ id }) => id);
      await Promise.all(tabs.flatMap((tab) => read.map((id) => tab.ask('read_notification', { id }))));
      expect(await unreadOf(bob)).toBe(2);
      expect(await listOf(bob, '?is_read=unread')).toMatchObject({ items: items.slice(5), count: 2 });
      for (const tab of tabs) {
        for (const id of read) await tab.frame(({ action, data }) => isUpdate(action) && data.id === id);
        expect(updatesIn(tab)).toHaveLength(read.length);
      }
    });

    it('all at once leaves unread what comes meanwhile, in tabs as in the list', async () => {
      const [bob, ...others] = await Promise.all([user('Bob', there()), ...several(8)]);
      const [tab, otherTab] = await Promise.all([openTab(bob, { address: here() }), openTab(bob)]);
      const early = others.splice(0, 3);
      await Promise.all(early.map((other) => befriend(other, bob)));
      const [first] = early;
      if (first) await announce(first, 'early');
      await tab.action('new_tournament');
      await tab.frame(() => tab.of('new_friend').length === 3);
      const coming = others.map((other) => befriend(other, bob));
      const answer = await bob.post('/notifications/mark_all_as_read');
      expect(answer).toMatchObject({ status: 200, body: { msg: expect.any(String) } });
      await Promise.all(coming);
      const { items } = await listOf(bob);
      for (const each of [tab, otherTab]) {
        await each.frame(() => each.of('new_friend').length === 8);
        expect(pictureOf(each)).toEqual(items.map(notedOf));
        const marked = each.frames.findIndex(({ data }) => data.id === null);
        const laterIds = each.frames.slice(marked).filter(({ action }) => action === 'new_friend');
        for (const { data } of laterIds) expect(items.find(({ id }) => id === data.id)?.is_read).toBe(false);
      }
      const earlyNames = early.map(({ username }) => username);
      for (const { data, is_read } of items)
        if (earlyNames.includes(data.username)) expect(is_read).toBe(true);
      expect(await unreadOf(bob)).toBe(items.filter(({ is_read }) => !is_read).length);
    });

    if (extent === 'one of each') return;

    it('is refused for those of others, unknown ones and what is not for the reader', async () => {
      const [ann, bob, cid] = await Promise.all([user('Ann'), user('Bob', there()), user('Cid')]);
      await block(bob, cid);
      const [annTab, bobTab] = await Promise.all([openTab(ann), openTab(bob)]);
      await befriend(ann, bob);
      await announce(cid, 'Cup');
      const ofBob = (await listOf(bob)).items[0]?.id;
      const ofAnn = (await listOf(ann)).items[0]?.id;
      const lateTab = await openTab(await user('Late', there()));
      for (const [tab, id] of [
        [annTab, ofBob],
        [bobTab, ofAnn],
        [lateTab, ofAnn],
        [bobTab, randomUUID()],
      ] as const)
        expect(await tab.ask('read_notification', { id })).toMatchObject({
          action: 'error',
          data: { code: 'notification_not_found', retryable: false },
        });
      expect([await unreadOf(ann), await unreadOf(bob)]).toEqual([1, 1]);
    });

    it('all at once, again and from several tabs at once, leaves nothing unread', async () => {
      const [ann, bob] = await Promise.all([user('Ann'), user('Bob', there())]);
      const tab = await openTab(bob);
      await befriend(ann, bob);
      await announce(ann, 'Cup');
      const answers = await Promise.all([1, 2, 3].map(() => bob.post('/notifications/mark_all_as_read')));
      expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
      expect(await unreadOf(bob)).toBe(0);
      expect(await listOf(bob, '?is_read=read')).toMatchObject({ count: 2 });
      await tab.frame(({ data }) => data.id === null && data.is_read === true);
      expect(pictureOf(tab).map(({ is_read }) => is_read)).toEqual([true, true]);
    });
  });

  describe('pages of notifications', () => {
    it('are of the asked part, by offset and by cursor, and of the asked kind', async () => {
      const [bob, ...others] = await Promise.all([user('Bob', there()), ...several(5)]);
      for (const other of others) await befriend(other, bob);
      const whole = await listOf(bob);
      expect(whole.items.map(({ data }) => data.username)).toEqual(
        others.map(({ username }) => username).toReversed(),
      );
      const first = await listOf(bob, '/?limit=2&is_read=unread');
      expect(first).toMatchObject({ items: whole.items.slice(0, 2), count: 5 });
      const rest = await listOf(bob, `?is_read=unread&before=${first.next}`);
      expect(rest).toEqual({ items: whole.items.slice(2), count: 5, next: null });
      expect(await listOf(bob, '?offset=4')).toMatchObject({ items: whole.items.slice(4), next: null });
    });

    if (extent === 'one of each') return;

    it('are refused to strangers, and for what is no filter, no number and no cursor', async () => {
      const bob = await user('Bob');
      const stranger = new ApiClient(here());
      const cases: readonly (readonly [Answer, number])[] = [
        [await stranger.get('/notifications'), 401],
        [await stranger.post('/notifications/mark_all_as_read'), 401],
        [await bob.get('/notifications?is_read=maybe'), 422],
        [await bob.get('/notifications?limit=0'), 422],
        [await bob.get('/notifications?before=nonsense'), 422],
        [await bob.put('/notifications'), 405],
      ];
      expect(cases.map(([answer]) => answer.status)).toEqual(cases.map(([, status]) => status));
    });
  });
}

const isUpdate = (action: string): boolean => action === 'notification_updated';

/** What a client has that goes by what this tab was pushed, newest first. */
function pictureOf(tab: Tab): readonly Noted[] {
  const client = new NotificationClient();
  for (const frame of tab.frames) if (frame.cursor !== undefined) client.receive(eventFrame.parse(frame));
  return client.list;
}
