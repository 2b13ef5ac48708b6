import { LoadGenerator } from '../load-generator/load-generator.ts';
import type { PageLoadResult, PageRequest } from '../load-generator/page-load.ts';
import type { HistoryPlan } from '../plan.ts';
import type { Cleanup } from '../processes/cleanup.ts';
import { temporaryDirectory } from '../processes/temporary-directory.ts';
import { startRally } from '../systems/rally.ts';
import type { SystemUnderTest } from '../systems/system-under-test.ts';
import { measureCosts } from './costs.ts';
import { historyPeople } from './history-people.ts';
import type { HistoryCosts, HistoryResult } from './history-result.ts';
import { loadMessages, loadPeople } from './load-history.ts';
import { chatPages, messagePages } from './page-requests.ts';
import { type RebuildRate, rebuildReadModels } from './rebuild-rate.ts';
import { withStoppedRally } from './stopped-rally.ts';

/** So few that already 10,000 messages fill a page in each chat: pages of equal length are compared. */
const CROWD = { pairs: 5, tabsPerUser: 2 };
const PAGE_CONNECTIONS = 16;
const PAGE_WARM_UP_MS = 500;

/** A Rally of its own whose log is filled while it is stopped: first with few messages, then with many. */
export async function measureHistory(
  { messages, few, measuredMs }: HistoryPlan,
  cleanup: Cleanup,
  onStep: (step: string) => void,
): Promise<HistoryResult> {
  const directory = await temporaryDirectory(cleanup);
  const whileRunning = <Result>(work: (rally: SystemUnderTest) => Promise<Result>): Promise<Result> =>
    withRally(directory, cleanup, work);

  onStep('history: signing users up');
  const crowd = await whileRunning((rally) => rally.crowd(CROWD));
  const people = historyPeople(crowd);
  const costs = (rally: SystemUnderTest) => measureCosts(rally, crowd, people, measuredMs, cleanup);
  await withStoppedRally(directory, cleanup, ({ store }) => loadPeople(store, people));

  let withFew: HistoryCosts | null = null;
  if (few !== null) {
    onStep(`history: costs with ${few} messages`);
    await withStoppedRally(directory, cleanup, async (rally) => {
      await loadMessages(rally.store, people.chats, 0, few);
      await rebuildReadModels(rally);
    });
    withFew = await whileRunning(costs);
  }

  onStep(`history: writing ${messages} messages`);
  const rebuild = await withStoppedRally(directory, cleanup, async (rally): Promise<RebuildRate> => {
    await loadMessages(rally.store, people.chats, few ?? 0, messages);
    onStep('history: rebuilding the read models');
    return rebuildReadModels(rally);
  });
  return whileRunning(async (rally) => {
    onStep('history: reading pages');
    const read = (requests: PageRequest[]) => readPages(rally, requests, measuredMs, cleanup);
    const pages = {
      messagePages: await read(messagePages(crowd, people)),
      chatPages: await read(chatPages(crowd)),
    };
    if (few === null || withFew === null) return { rebuild, ...pages, flatness: null };
    onStep(`history: costs with ${messages} messages`);
    return {
      rebuild,
      ...pages,
      flatness: { messages: [few, messages], costs: [withFew, await costs(rally)] },
    };
  });
}

async function withRally<Result>(
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

async function readPages(
  rally: SystemUnderTest,
  requests: PageRequest[],
  measuredMs: number,
  cleanup: Cleanup,
): Promise<PageLoadResult> {
  const generator = new LoadGenerator(cleanup);
  try {
    const { address } = rally;
    const load = { address, requests, connections: PAGE_CONNECTIONS, warmUpMs: PAGE_WARM_UP_MS, measuredMs };
    const result = await generator.readPages(load);
    if (result.failed > 0) throw new Error(`${result.failed} pages were not answered with 200`);
    return result;
  } finally {
    await generator.stop();
  }
}
