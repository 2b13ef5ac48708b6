import type { Step } from './connection-steps.ts';
import { arrive, expectSame, inOtherTab, type Person, until } from './person.ts';
import type { World } from './world.ts';

const TABS = 10;

async function tenTabs(world: World, hasLocks: boolean): Promise<Person[]> {
  const first = await arrive(world);
  const others = Array.from({ length: TABS - 1 }, () => inOtherTab(world, first, { hasLocks }));
  return [first, ...(await Promise.all(others))];
}

async function expectSignedIn(tabs: readonly Person[]): Promise<void> {
  for (const tab of tabs) {
    await until('it is welcomed again', () => tab.welcomes.length >= 2);
    await tab.ready();
    expectSame('session', tab.rally.session.get(), { phase: 'signed_in', username: tab.username });
    await tab.rally.api.self();
  }
}

export const sessionSteps: readonly (readonly [string, Step])[] = [
  [
    'ten tabs that lose their session at the same instant renew it once',
    async (world) => {
      const tabs = await tenTabs(world, true);
      await world.outside({ do: 'close', code: 3002 });
      await expectSignedIn(tabs);
      expectSame('refreshes', (await world.outside({ do: 'look' })).refreshes, 1);
    },
  ],
  [
    'ten tabs without locks that renew it at the same instant end no session',
    async (world) => {
      const tabs = await tenTabs(world, false);
      await world.outside({ do: 'close', code: 3002 });
      await expectSignedIn(tabs);
    },
  ],
  [
    'a refresh whose reply is lost ends no session',
    async (world) => {
      const ann = await arrive(world);
      await world.outside({ do: 'fault', faults: { lostRefreshReplies: 1 } });
      await world.outside({ do: 'close', code: 3002 });
      await until('it is welcomed again', () => ann.welcomes.length === 2);
      // The token that it still has was used before.
      await world.outside({ do: 'close', code: 3002 });
      await until('it is welcomed once more', () => ann.welcomes.length === 3);
      await expectSignedIn([ann]);
      const { refreshes } = await world.outside({ do: 'look' });
      expectSame('refreshes', refreshes >= 2, true);
    },
  ],
  [
    'who logs out in one tab is signed out, and who signs in is welcomed',
    async (world) => {
      const ann = await arrive(world);
      await ann.rally.api.logOut();
      await until('it is closed', () => ann.phase === 'closed');
      await ann.rally.api.logIn({ username: ann.username, password: 'correct horse 7' });
      await until('it is welcomed again', () => ann.welcomes.length === 2);
      await ann.hear('one');
      await ann.expectShown('one');
    },
  ],
];
