import { describe, expect, it } from 'vitest';
import { signUp, type User } from '../support/api-client.ts';
import type { Deployment } from '../support/deployment.ts';
import { openTab, type Tab } from '../support/tab.ts';
import type { Extent } from './extent.ts';
import { message, twoPeople } from './message-suite.ts';
import {
  add,
  expectRefusal,
  listed,
  listedWithTabs,
  pathOf,
  remove,
  threePeople,
} from './user-list-suite.ts';

/** What the tab was told of how its user stands to others: friend, blocks, is blocked. */
const told = (tab: Tab) =>
  tab.of('relationship_changed').map(({ data }) => {
    const { username, is_friend, is_blocked_user, is_blocked_by_user } = data;
    return [username, is_friend, is_blocked_user, is_blocked_by_user];
  });

export function describeRelationships(deployment: () => Deployment, extent: Extent): void {
  const addressOf = (index: number) => deployment().addresses[index] ?? deployment().addresses[0];

  describe('two users', () => {
    it('are no friends while one blocks the other, whoever blocks, and not by themselves afterwards', async () => {
      const { ann, bob, cid } = await threePeople(deployment());
      for (const [one, other] of [
        [ann, bob],
        [bob, ann],
        [ann, cid],
      ] as const)
        await add(one, 'friends', other);
      expect((await add(bob, 'blocked_users', ann)).status).toBe(201);
      expect((await ann.get(pathOf(ann, 'friends'))).body).toEqual(listed(cid));
      expect((await bob.get(pathOf(bob, 'friends'))).body).toEqual(listed());
      expectRefusal(await add(ann, 'friends', bob), 422, 'blocked');
      expectRefusal(await add(bob, 'friends', ann), 422, 'blocked');
      expectRefusal(await remove(ann, 'friends', bob), 422, 'not_friend');
      await remove(bob, 'blocked_users', ann);
      expect((await bob.get(`/users/${ann.username}`)).body).toMatchObject({ is_friend: false });
      expect((await add(bob, 'friends', ann)).status).toBe(201);
    });

    it('at once add each other, and one blocks: no friendship stays beside the block', async () => {
      const { ann, bob } = await threePeople(deployment());
      const [byAnn, byBob, block] = await Promise.all([
        add(ann, 'friends', bob),
        add(bob, 'friends', ann),
        add(bob, 'blocked_users', ann),
      ]);
      expect(block.status).toBe(201);
      // Stored before the block, it may be answered after it: then who added no longer sees the other.
      for (const { status, body } of [byAnn, byBob])
        if (status !== 201) expect(['blocked', 'not_visible_yet']).toContain((body as { code: string }).code);
      for (const user of [ann, bob]) expect((await user.get(pathOf(user, 'friends'))).body).toEqual(listed());
    });

    it('are told of each change once, all tabs of both, each as it looks from there', async () => {
      const { ann, bob, tabs } = await twoPeople(deployment());
      const cid = await signUp(addressOf(0), 'Cid');
      const cidTab = await openTab(cid);
      await add(ann, 'friends', bob);
      await add(ann, 'friends', bob);
      await add(bob, 'friends', ann);
      await remove(ann, 'friends', bob);
      await add(ann, 'blocked_users', bob);
      await add(ann, 'friends', bob);
      await add(bob, 'blocked_users', ann);
      await remove(ann, 'blocked_users', bob);
      await remove(bob, 'blocked_users', ann);
      await remove(bob, 'blocked_users', ann);
      await add(ann, 'friends', cid);
      await add(bob, 'friends', cid);
      const [annTab, annOtherTab, bobTab, bobOtherTab] = tabs;
      await cidTab.frame(({ data }) => data.username === bob.username);
      for (const tab of [annTab, annOtherTab]) {
        await tab.frame(({ data }) => data.username === cid.username);
        expect(told(tab)).toEqual([
          [bob.username, true, false, false],
          [bob.username, true, false, false],
          [bob.username, false, false, false],
          [bob.username, false, true, false],
          [bob.username, false, true, true],
          [bob.username, false, false, true],
          [bob.username, false, false, false],
          [cid.username, true, false, false],
        ]);
      }
      for (const tab of [bobTab, bobOtherTab]) {
        await tab.frame(({ data }) => data.username === cid.username);
        expect(told(tab)).toEqual([
          [ann.username, false, false, false],
          [ann.username, true, false, false],
          [ann.username, true, false, false],
          [ann.username, false, false, true],
          [ann.username, false, true, true],
          [ann.username, false, true, false],
          [ann.username, false, false, false],
          [cid.username, true, false, false],
        ]);
      }
      expect(told(cidTab)).toEqual([
        [ann.username, false, false, false],
        [bob.username, false, false, false],
      ]);
      const cursors = (tab: Tab) => tab.of('relationship_changed').map(({ cursor }) => cursor);
      expect(cursors(annTab)).toEqual(cursors(annOtherTab));
      expect(cursors(bobTab)).toEqual(cursors(bobOtherTab));
    });

    it('are told again what they missed, by any gateway', async () => {
      const { ann, bob, annTab, bobTab } = await twoPeople(deployment());
      await add(ann, 'friends', bob);
      await Promise.all([annTab, bobTab].map((tab) => tab.action('relationship_changed')));
      const cursors = [annTab.lastCursor, bobTab.lastCursor];
      await Promise.all([annTab.close(), bobTab.close()]);
      await add(bob, 'blocked_users', ann);
      await remove(bob, 'blocked_users', ann);
      await add(bob, 'friends', ann);
      const back = await Promise.all(
        [ann, bob].map((user, index) =>
          openTab(user, { cursor: cursors[index] ?? '', address: addressOf(index === 0 ? 1 : 0) }),
        ),
      );
      for (const tab of back) expect((await tab.action('welcome')).data).toMatchObject({ recovered: true });
      expect(back.map(told)).toEqual([
        [
          [bob.username, false, false, true],
          [bob.username, false, false, false],
          [bob.username, false, false, false],
        ],
        [
          [ann.username, false, true, false],
          [ann.username, false, false, false],
          [ann.username, true, false, false],
        ],
      ]);
    });

    it('cannot write to each other from the answer to a block on, whichever gateway is asked', async () => {
      const { ann, bob, chatId, tabs } = await twoPeople(deployment());
      for (let round = 0; round < 3; round += 1) {
        const [blocker, blocked] = round % 2 ? [ann, bob] : [bob, ann];
        expect((await add(blocker, 'blocked_users', blocked)).status).toBe(201);
        const refusals = await Promise.all(tabs.map((tab) => tab.ask('new_message', message(chatId, 'no'))));
        for (const refusal of refusals) expect(refusal.data.code).toBe('blocked');
        expect((await remove(blocker, 'blocked_users', blocked)).status).toBe(204);
        const acks = await Promise.all(tabs.map((tab) => tab.ask('new_message', message(chatId, 'yes'))));
        for (const ack of acks) expect(ack.action).toBe('ack');
      }
    });

    if (extent === 'one of each') return;

    it('see of each other who is whose friend, and how many somebody has', async () => {
      const { ann, bob, cid } = await threePeople(deployment());
      await add(ann, 'friends', bob);
      await add(cid, 'friends', bob);
      await add(bob, 'friends', cid);
      const seen = async (user: User, other: User) => {
        const { body } = await user.get(`/users/${other.username}`);
        const { friends_count, is_friend } = body as Record<string, unknown>;
        return [friends_count, is_friend];
      };
      expect(await seen(ann, bob)).toEqual([1, true]);
      expect(await seen(bob, ann)).toEqual([1, false]);
      expect(await seen(ann, cid)).toEqual([1, false]);
      await remove(ann, 'friends', bob);
      expect([await seen(ann, bob), await seen(bob, ann)]).toEqual([
        [1, false],
        [0, false],
      ]);
    });

    it('keep their chat under a block, and the blocked one sees the other nowhere else', async () => {
      const { ann, bob, chatId, annTab } = await twoPeople(deployment());
      await annTab.ask('new_message', message(chatId, 'before'));
      await add(ann, 'blocked_users', bob);
      const found = async (user: User, other: User) =>
        (await user.get(`/users?search=${encodeURIComponent(other.username)}`)).body;
      expect(await found(bob, ann)).toEqual(listed());
      expect(await found(ann, bob)).toEqual(listedWithTabs(bob));
      expectRefusal(await bob.get(`/users/${ann.username}`), 404, 'user_not_found');
      expect((await ann.get(`/users/${bob.username}`)).body).toMatchObject({
        is_blocked_user: true,
        is_blocked_by_user: false,
      });
      for (const [user, other, is_blocked_user] of [
        [ann, bob, true],
        [bob, ann, false],
      ] as const) {
        const stance = { is_blocked_user, is_blocked_by_user: !is_blocked_user };
        const { username } = other;
        expect((await user.get('/chats')).body).toMatchObject({ items: [{ username, ...stance }] });
        const opened = await user.put(`/chats/${username}`);
        expect(opened).toMatchObject({ status: 200, body: { username, ...stance, messages: [{}] } });
        const messages = await user.get(`/chats/${username}/messages`);
        expect(messages.body).toMatchObject({ count: 1, items: [{ content: 'before' }] });
      }
      await remove(ann, 'blocked_users', bob);
      expect(await found(bob, ann)).toEqual(listedWithTabs(ann));
    });
  });
}
