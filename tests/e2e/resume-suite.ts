import { describe, expect, it } from 'vitest';
import { signUp } from '../support/api-client.ts';
import type { Deployment } from '../support/deployment.ts';
import { eventually } from '../support/patience.ts';
import { type Frame, openTab } from '../support/tab.ts';
import type { Extent } from './extent.ts';
import { message, twoPeople } from './message-suite.ts';

/**
 * What can be made of a cursor that was given out, `[position, ordinal, log]`, Ann's own or a stranger's; but for one beyond the end, which
 * is waited for: `tests/gateway/websocket/resume.unit.test.ts` has it.
 */
type Parts = readonly [position: string, ordinal: string, log: string];
const plus = (number: string, more: number) => String(BigInt(number) + BigInt(more));
const EDITED: Readonly<Record<string, (own: Parts, strangers: Parts) => string>> = {
  'as it was given out': (own) => own.join('.'),
  "a stranger's": (_, strangers) => strangers.join('.'),
  "a stranger's ordinal": ([position, , log], [, ordinal]) => [position, plus(ordinal, 1), log].join('.'),
  'an earlier position': ([position, ...rest]) => [plus(position, -4), ...rest].join('.'),
  'a later position': ([position, ...rest]) => [plus(position, 1), ...rest].join('.'),
  'the first position': ([, ...rest]) => ['0', ...rest].join('.'),
  'a negative position': ([position, ...rest]) => [`-${position}`, ...rest].join('.'),
  'a position with a zero before it': ([position, ...rest]) => [`0${position}`, ...rest].join('.'),
  'another ordinal': ([position, , log]) => [position, '998', log].join('.'),
  'another log': ([position, ordinal, log]) => [position, ordinal, plus(log, 1)].join('.'),
  'the log of nobody': ([position, ordinal]) => [position, ordinal, '0'].join('.'),
  'a log that is cut short': (own) => own.join('.').slice(0, -1),
  'no log': ([position, ordinal]) => [position, ordinal].join('.'),
  'no log, but its dot': ([position, ordinal]) => [position, ordinal, ''].join('.'),
  'a position alone': ([position]) => position,
  'half a position': ([position, ...rest]) => [position.slice(0, -1), ...rest].join('.'),
  'two of them': (own, strangers) => `${own.join('.')},${strangers.join('.')}`,
  'a fourth part': (own) => [...own, '1'].join('.'),
  'a blank behind it': (own) => `${own.join('.')} `,
  'a U+0000 in it': ([position, ...rest]) => [`${position}\u0000`, ...rest].join('.'),
};

export function describeResume(deployment: () => Deployment, extent: Extent): void {
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

    it("from a cursor of anybody, edited or cut short, brings what was one's own to the end, or nothing", async () => {
      const [{ ann, chatId, annTab }, strangers] = await Promise.all([
        twoPeople(deployment()),
        twoPeople(deployment()),
      ]);
      const mine: string[] = [];
      for (let sent = 0; sent < 8; sent += 1) {
        await strangers.annTab.ask('new_message', message(strangers.chatId, 'not for Ann'));
        mine.push(`for Ann ${sent}`);
        await annTab.ask('new_message', message(chatId, `for Ann ${sent}`));
      }
      const [given, theirs] = await Promise.all([
        annTab.frame(({ data }) => data.content === mine[3]),
        strangers.annTab.action('new_message'),
        annTab.frame(({ data }) => data.content === mine.at(-1)),
      ]);
      for (const [how, edit] of Object.entries(EDITED)) {
        const tab = await openTab(ann, { cursor: edit(partsOf(given), partsOf(theirs)) });
        const welcome = await tab.action('welcome');
        const replayed = tab.frames.slice(0, tab.frames.indexOf(welcome)).map((frame) => frame.data.content);
        expect(replayed, how).toEqual(mine.slice(mine.length - replayed.length));
        expect(welcome.data, how).toMatchObject({ replayed: replayed.length });
        if (!welcome.data.recovered) expect(replayed, how).toEqual([]);
        if (how === 'as it was given out') expect(replayed).toEqual(mine.slice(4));
        await tab.close();
      }
    });

    if (extent === 'one of each') return;

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

function partsOf({ cursor = '' }: Frame): Parts {
  const [position = '', ordinal = '', log = ''] = cursor.split('.');
  return [position, ordinal, log];
}
