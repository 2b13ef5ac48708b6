import type { Crowd } from '../load-generator/crowd.ts';
import type { Cleanup } from '../processes/cleanup.ts';
import { temporaryDirectory } from '../processes/temporary-directory.ts';
import { startRally } from '../systems/rally.ts';
import type { SystemUnderTest } from '../systems/system-under-test.ts';
import { type HistoryPeople, historyPeople } from './history-people.ts';
import { loadMessages, loadPeople } from './load-history.ts';
import { withStoppedRally } from './stopped-rally.ts';

/** The data of a Rally that does not run now, with so many messages in its log. */
export interface History {
  readonly messages: number;
  readonly directory: string;
  /** Those who can sign in. */
  readonly crowd: Crowd;
  readonly people: HistoryPeople;
}

/** So few that already 10,000 messages are more than a page in each chat: equal pages are compared. */
const CROWD = { pairs: 4, tabsPerUser: 2 };

/** Its read models know of nobody's messages yet. */
export async function makeHistory(messages: number, cleanup: Cleanup): Promise<History> {
  const directory = await temporaryDirectory(cleanup);
  const crowd = await withRally(directory, cleanup, (rally) => rally.crowd(CROWD));
  const people = historyPeople(crowd);
  await withStoppedRally(directory, cleanup, async ({ store }) => {
    await loadPeople(store, people);
    await loadMessages(store, people.chats, messages);
  });
  return { messages, directory, crowd, people };
}

export async function withRally<Result>(
  directory: string,
  cleanup: Cleanup,
  work: (rally: SystemUnderTest) => Promise<Result>,
): Promise<Result> {
  const rally = await startRally({ directory, cleanup });
  try {
    return await work(rally);
  } finally {
    await rally.stop();
  }
}
