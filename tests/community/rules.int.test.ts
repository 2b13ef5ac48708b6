import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { z } from 'zod';
import type { RecordedEvent } from '../../platform/event-store/event-store.ts';
import { projectionDigest } from '../../projection-service/digest.ts';
import type { Page } from '../../protocol/http-resources.ts';
import { ephemeralFrame, eventFrame } from '../../protocol/server-frames.ts';
import { userKey } from '../../read-models/user-key.ts';
import { openReadSides, type ReadSides } from '../projection-service/read-side.ts';
import { pictureNow } from '../support/user-pages.ts';
import { Chronicle } from './chronicle.ts';
import { isFor } from './community.ts';
import { expectedPicture } from './expected-picture.ts';
import { pagesOf } from './member-tab.ts';
import { forAnyHistory } from './play.ts';
import { shownPresence } from './shown-presence.ts';

describe('whatever people do', () => {
  let sides: ReadSides;
  beforeAll(async () => {
    sides = await openReadSides();
  });
  afterAll(() => sides.close());

  it('pages say what the log says: nothing that is hidden is listed, and what came after all was marked as read is unread', async () => {
    await forAnyHistory(sides, 12, async ({ log, members }, { models }) => {
      const chronicle = new Chronicle(log);
      for (const me of members) {
        const others = members.filter((other) => other !== me);
        const now = await pictureNow(me, others, pagesOf(models, me));
        expect(now).toEqual(expectedPicture(chronicle, me, others));
        const { answer: self } = await models.self(me);
        expect(self?.is_engaged_in_game).toBe(chronicle.engaged.has(userKey(me)));
      }
    });
  });

  it('who is online is shown so on every page, first in searches, and was told so last', async () => {
    const seen = new Map<string, Set<boolean>>();
    await forAnyHistory(sides, 12, async ({ log, members, states }, { models }) => {
      const { online } = new Chronicle(log);
      for (const me of members) {
        const pages = await shownPresence(models, me);
        for (const [page, people] of Object.entries(pages))
          for (const { username, is_online } of people) {
            expect(`${page}: ${username} ${is_online}`).toBe(
              `${page}: ${username} ${online.has(userKey(username))}`,
            );
            seen.set(page, (seen.get(page) ?? new Set()).add(is_online));
          }
        const ranks = pages.users?.map(({ is_online }) => Number(!is_online));
        expect(ranks).toEqual(ranks?.toSorted());
        const lastTold = states.findLast((state) => state.userKey === userKey(me));
        const action = lastTold && ephemeralFrame.parse(JSON.parse(lastTold.text)).action;
        expect(action ?? 'user_offline').toBe(online.has(userKey(me)) ? 'user_online' : 'user_offline');
      }
    });
    for (const [page, shown] of seen) expect(`${page}: ${shown.size}`).toBe(`${page}: 2`);
    expect(seen.size).toBe(7);
  });

  it('counts are those of the lists that they count', async () => {
    await forAnyHistory(sides, 12, async ({ members }, { models }) => {
      for (const me of members) {
        const pages = pagesOf(models, me);
        const { answer: self } = await pages.self();
        const [all, unread, read] = [
          (await pages.notifications('all')).answer,
          (await pages.notifications('unread')).answer,
          (await pages.notifications('read')).answer,
        ];
        const [chats, friends] = [(await pages.chats()).answer, (await pages.friends()).answer];
        const lists: Page<unknown>[] = [all, unread, read, chats, friends];
        lists.push((await pages.users()).answer, (await pages.blockedUsers()).answer);
        const { answer: tournaments } = await pages.tournaments();
        lists.push(tournaments);
        let unreadMessages = 0;
        for (const { username, unread_messages_count } of chats.items) {
          const { answer: messages } = await pages.messages(username);
          lists.push(messages);
          const unreadHere = messages.items.filter(({ sender, is_read }) => sender !== me && !is_read);
          expect(unread_messages_count).toBe(unreadHere.length);
          unreadMessages += unreadHere.length;
        }
        for (const { items, count } of lists) expect(count).toBe(items.length);
        expect(self.unread_messages_count).toBe(unreadMessages);
        expect(self.unread_notifications_count).toBe(unread.count);
        const own = tournaments.items.find(
          ({ creator, status }) => creator.username === me && status === 'pending',
        );
        expect(self.tournament_id).toBe(own?.id ?? null);
        expect(all.count).toBe(unread.count + read.count);
        expect((await pages.user(me)).answer?.friends_count).toBe(friends.count);
      }
    });
  });

  it('who is notified is told once, of people as they are called then; nobody by somebody whom they block', async () => {
    await forAnyHistory(sides, 12, async ({ log, members, frames }) => {
      const { causes } = new Chronicle(log);
      const texts = [...new Map(frames.map((frame) => [frame.text, frame])).values()];
      for (const me of members) {
        const since = signUpOf(log, me);
        const told = texts.flatMap(({ to, cursor, text }) => {
          const frame = eventFrame.parse(JSON.parse(text));
          if (!isNotification(frame) || !isFor(me, to) || cursor.position < since) return [];
          const { id, username, nickname, avatar } = frame.data;
          return [{ id, by: { username, nickname, avatar } }];
        });
        const meant = causes.filter((cause) => cause.told.has(userKey(me)));
        expect(told).toEqual(meant.map(({ id, by }) => ({ id, by })));
        const onDays = meant.flatMap(({ event, by }) =>
          event.type === 'FriendAdded' ? [`${by.username} on ${event.data.date.slice(0, 10)}`] : [],
        );
        expect(onDays).toEqual([...new Set(onDays)]);
      }
    });
  });

  it('read models that are made anew from the log equal those that went along, row for row', async () => {
    await forAnyHistory(sides, 8, async ({ log }, { schema }) => {
      const anew = await sides.open();
      await anew.project(log);
      expect(await projectionDigest(sides.pool, anew.schema)).toEqual(
        await projectionDigest(sides.pool, schema),
      );
      await anew.close();
    });
  });
});

type Frame = z.infer<typeof eventFrame>;

const isNotification = (frame: Frame) =>
  frame.action === 'new_friend' || frame.action === 'game_invite' || frame.action === 'new_tournament';

/** Where in the log. Nobody has a tab before. */
function signUpOf(log: readonly RecordedEvent[], username: string): bigint {
  const signUp = log.find(({ event }) => event.type === 'UserRegistered' && event.data.username === username);
  if (!signUp) throw new Error('never signed up');
  return signUp.position;
}
