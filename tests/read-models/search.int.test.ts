import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { RecordedEvent } from '../../platform/event-store/event-store.ts';
import type { PageRequest, PresenceProfile } from '../../protocol/http-resources.ts';
import { userKey } from '../../read-models/user-key.ts';
import { anyStory } from '../projection-service/any-story.ts';
import { openReadSides, type ReadSides } from '../projection-service/read-side.ts';
import { Story } from '../projection-service/story.ts';
import { everyPage } from './every-page.ts';

let sides: ReadSides;
beforeAll(async () => {
  sides = await openReadSides();
});
afterAll(() => sides.close());

/** Beginnings of usernames and nicknames, in any case, and of none. */
const SEARCHES = ['', 'a', 'AN', 'ann', 'anna', 'b', 'bob', 'Bobby', 'c', 'cid', 'x'];

it('a search finds everybody by nickname and by username, in one order, and counts whom it lists', async () => {
  await fc.assert(
    fc.asyncProperty(anyStory, async ({ events }) => {
      const side = await sides.open();
      try {
        await side.project(events);
        for (const caller of ['Ann', 'bob', 'Cid'])
          for (const search of SEARCHES) {
            const ask = async (page: PageRequest) =>
              (await side.models.searchUsers(caller, search, page)).answer;
            const listed = await everyPage(ask, 2);
            expect(listed.map(named)).toEqual(found(events, caller, search));
          }
      } finally {
        await side.close();
      }
    }),
    { numRuns: 15, endOnFailure: true },
  );
});

it('whoever stays as they are is on one page of those that follow each other, whoever else comes and goes meanwhile', async () => {
  const names = ['Abe', 'Ann', 'Bea', 'Cid', 'Dan', 'Eve', 'Flo'];
  const story = new Story().signsUp(...names);
  const tabs = new Map(['Ann', 'Bea', 'Cid'].map((name) => [name, story.opens(name)]));
  const side = await sides.open();
  await side.project(story.events);
  let folded = story.events.length;
  const pages: string[][] = [];
  const turn = async (limit: number, before?: string) => {
    await side.project(story.events.slice(folded));
    folded = story.events.length;
    const { answer } = await side.models.searchUsers('Ann', '', {
      limit,
      offset: 0,
      ...(before !== undefined && { before }),
    });
    expect(answer.count).toBe(names.length);
    pages.push(answer.items.map(({ username, is_online }) => `${username}${is_online ? '*' : ''}`));
    return answer.next ?? '';
  };
  const second = await turn(2);
  story.drops('Ann', tabs.get('Ann') ?? '', 0).opens('Dan');
  const third = await turn(2, second);
  story.drops('Cid', tabs.get('Cid') ?? '', 0).opens('Eve');
  story.opens('Abe');
  expect(await turn(9, third)).toBe('');
  // Of those who have moved, Ann and Cid are on two, and Abe on none.
  expect(pages).toEqual([
    ['Ann*', 'Bea*'],
    ['Cid*', 'Dan*'],
    ['Eve*', 'Ann', 'Cid', 'Flo'],
  ]);
  await side.close();
});

const named = ({ username, nickname, is_online }: Omit<PresenceProfile, 'avatar'>): string =>
  `${username} as ${nickname}${is_online ? ', online' : ''}`;

/** From the events alone. */
function found(events: readonly RecordedEvent[], caller: string, search: string): string[] {
  const nicknames = new Map<string, string>();
  const blockers = new Set<string>();
  const online = new Set<string>();
  for (const { event } of events) {
    if (event.type === 'UserRegistered' || event.type === 'ProfileUpdated')
      nicknames.set(event.data.username, event.data.nickname);
    if (event.type === 'UserBlocked' && event.data.blocked === caller) blockers.add(event.data.blocker);
    if (event.type === 'UserCameOnline') online.add(event.data.username);
    if (event.type === 'UserWentOffline') online.delete(event.data.username);
    if (event.type === 'UserUnblocked' && event.data.blocked === caller) blockers.delete(event.data.blocker);
  }
  return [...nicknames]
    .filter(([username]) => !blockers.has(username))
    .filter((names) => names.some((name) => userKey(name).startsWith(userKey(search))))
    .map(([username, nickname]) => ({
      username,
      nickname,
      is_online: online.has(username),
      place: `${online.has(username) ? 0 : 1} ${userKey(nickname)} ${userKey(username)}`,
    }))
    .sort((a, b) => (a.place < b.place ? -1 : 1))
    .map(named);
}
