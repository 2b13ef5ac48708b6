import { describe, expect, it } from 'vitest';
import { signUp } from '../support/api-client.ts';
import type { Deployment } from '../support/deployment.ts';
import { eventually } from '../support/patience.ts';
import { openTab } from '../support/tab.ts';
import { message, twoPeople } from './message-suite.ts';

export function describeResume(deployment: () => Deployment): void {
  describe('resume', () => {
    it('brings a tab that was away for 180 messages exactly those, in order, then the live ones', async () => {
      const { ann, bob, chatId, tabs } = await twoPeople(deployment());
      const [annTab, , bobTab, bobOtherTab] = tabs;
      await annTab.ask('new_message', message(chatId, 'seen'));
      await bobTab.frame((frame) => frame.data.content === 'seen');
      const cursor = bobTab.lastCursor;
      await bobTab.close();

      // Four tabs of two people share the sending: one alone would meet its rate limit, or its user's.
      const senders = await Promise.all([ann, ann, bob, bob].map((user) => openTab(user)));
      await Promise.all(
        senders.flatMap((tab, sender) =>
          Array.from({ length: 45 }, (_, index) =>
            tab.ask('new_message', message(chatId, `${sender}-${index}`)),
          ),
        ),
      );
      await eventually(() => expect(bobOtherTab.of('new_message').length).toBe(181));
      const inLogOrder = bobOtherTab.of('new_message').map((frame) => frame.data.content);

      const back = await openTab(bob, { cursor, address: deployment().addresses.at(-1) ?? '' });
      const welcome = await back.action('welcome');
      expect(welcome.data).toMatchObject({ recovered: true, replayed: 180, username: bob.username });
      await annTab.ask('new_message', message(chatId, 'live again'));
      await back.frame((frame) => frame.data.content === 'live again');
      expect(back.frames.map((frame) => frame.data.content ?? frame.action)).toEqual([
        ...inLogOrder.slice(1),
        'welcome',
        'live again',
      ]);
    });

    it('from the welcome of an idle tab replays nothing', async () => {
      const ann = await signUp(deployment().addresses[0], 'Ann');
      const first = await openTab(ann);
      expect((await first.action('welcome')).data).toMatchObject({ recovered: false, replayed: 0 });
      const second = await openTab(ann, { cursor: first.lastCursor });
      expect((await second.action('welcome')).data).toMatchObject({ recovered: true, replayed: 0 });
    });

    it.each(['', 'nonsense', '99999999999999999.0', '-1.0', "1.0' or 1=1", '1.0', '0.0.1'])(
      'from a cursor that was never given out (%j) says so and replays nothing',
      async (cursor) => {
        const { ann, chatId, annTab } = await twoPeople(deployment());
        await annTab.ask('new_message', message(chatId, 'before'));
        await annTab.action('new_message');
        const tab = await openTab(ann, { cursor });
        expect((await tab.action('welcome')).data).toMatchObject({ recovered: false, replayed: 0 });
        expect(tab.of('new_message')).toEqual([]);
      },
    );
  });
}
