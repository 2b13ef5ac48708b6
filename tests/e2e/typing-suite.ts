import { describe, expect, it } from 'vitest';
import type { Deployment } from '../support/deployment.ts';
import { openTab, type Tab } from '../support/tab.ts';
import { block } from './community.ts';
import type { Extent } from './extent.ts';
import { message, twoPeople } from './message-suite.ts';
import { remove, threePeople } from './user-list-suite.ts';

const type = (tab: Tab, chat_id: string) => tab.ask('typing', { chat_id });

/** Whatever was typed before, the tabs have been told of it by then. */
async function say(tab: Tab, chatId: string, tabs: readonly Tab[], content: string): Promise<void> {
  expect(await tab.ask('new_message', message(chatId, content))).toMatchObject({ action: 'ack' });
  await Promise.all(tabs.map((each) => each.frame(({ data }) => data.content === content)));
}

/** That somebody is writing, which is told and forgotten. */
export function describeTyping(deployment: () => Deployment, extent: Extent): void {
  describe.concurrent('typing', () => {
    it('is told to all tabs of the other one, and to nobody later', async () => {
      const { ann, bob, chatId, annTab, tabs } = await twoPeople(deployment());
      const [, annOtherTab, bobTab, bobOtherTab] = tabs;
      const cursor = bobTab.lastCursor;
      expect(await type(annTab, chatId.toUpperCase())).toEqual({
        action: 'ack',
        request_id: expect.any(String),
        data: { position: expect.stringMatching(/^\d+$/) },
      });
      for (const tab of [bobTab, bobOtherTab])
        expect(await tab.action('typing')).toEqual({
          action: 'typing',
          data: { chat_id: chatId, username: ann.username },
        });
      const late = await openTab(bob, { cursor });
      await say(annTab, chatId, [...tabs, late], 'there');
      for (const tab of [annTab, annOtherTab, late]) expect(tab.of('typing')).toEqual([]);
    });

    if (extent === 'one of each') return;

    it('is told once in two seconds of each chat and tab, and taken all the same', async () => {
      const { chatId, annTab, bobTab, tabs } = await twoPeople(deployment());
      const [, annOtherTab] = tabs;
      const asked = await Promise.all(Array.from({ length: 10 }, () => type(annTab, chatId)));
      expect(asked.map(({ action }) => action)).toEqual(asked.map(() => 'ack'));
      await say(annTab, chatId, tabs, 'one');
      expect(bobTab.of('typing')).toHaveLength(1);
      await type(annOtherTab, chatId);
      await say(annOtherTab, chatId, tabs, 'another tab');
      expect(bobTab.of('typing')).toHaveLength(2);
      const again = setInterval(() => annTab.send({ action: 'typing', data: { chat_id: chatId } }), 100);
      await bobTab.frame(() => bobTab.of('typing').length === 3);
      clearInterval(again);
      expect(annTab.of('ack').filter(({ request_id }) => request_id === undefined)).toEqual([]);
    });

    it.each(['ann', 'bob'] as const)('is not told while %s has blocked the other', async (who) => {
      const { ann, bob, chatId, annTab, bobTab, tabs } = await twoPeople(deployment());
      const [blocker, blocked] = who === 'ann' ? [ann, bob] : [bob, ann];
      await block(blocker, blocked);
      for (const tab of [annTab, bobTab]) expect(await type(tab, chatId)).toMatchObject({ action: 'ack' });
      expect((await remove(blocker, 'blocked_users', blocked)).status).toBe(204);
      await say(annTab, chatId, tabs, 'friends again');
      for (const tab of tabs) expect(tab.of('typing')).toEqual([]);
    });

    it('is refused in a chat that is not theirs, or nobody’s', async () => {
      const { chatId, tabs } = await twoPeople(deployment());
      const { ann: eve } = await threePeople(deployment());
      const tab = await openTab(eve);
      for (const id of [chatId, '00000000-0000-4000-8000-000000000000'])
        expect(await type(tab, id)).toMatchObject({
          action: 'error',
          data: { code: 'chat_not_found', retryable: false },
        });
      for (const each of tabs) expect(each.of('typing')).toEqual([]);
    });
  });
}
