import { LoadGenerator } from '../load-generator/load-generator.ts';
import type { PageLoadResult, PageRequest } from '../load-generator/page-load.ts';
import type { Budget } from '../measures/budget.ts';
import type { HistoryPlan } from '../plan.ts';
import type { Cleanup } from '../processes/cleanup.ts';
import type { SystemUnderTest } from '../systems/system-under-test.ts';
import { measureFlatness } from './flatness.ts';
import { type History, makeHistory, withRally } from './history.ts';
import type { HistoryResult } from './history-result.ts';
import { chatPages, messagePages } from './page-requests.ts';
import { rebuildReadModels } from './rebuild-rate.ts';
import { withStoppedRally } from './stopped-rally.ts';

export interface Histories {
  readonly many: History;
  /** What the other one is compared with. */
  readonly few: History | null;
}

const PAGE_CONNECTIONS = 16;
/** Some thousand pages, until most of what makes one is compiled. */
const PAGE_WARM_UP_MS = 5000;

export async function makeHistories({ messages, few }: HistoryPlan, cleanup: Cleanup): Promise<Histories> {
  return {
    few: few === null ? null : await makeHistory(few, cleanup),
    many: await makeHistory(messages, cleanup),
  };
}

export async function measureHistory(
  { many, few }: Histories,
  { measuredMs }: HistoryPlan,
  budget: Budget,
  cleanup: Cleanup,
  onStep: (step: string) => void,
): Promise<HistoryResult> {
  onStep('history: rebuilding the read models');
  const rebuild = await budget.measure('rebuild', {}, () =>
    withStoppedRally(many.directory, cleanup, rebuildReadModels),
  );
  onStep('history: reading pages');
  const pages = await budget.measure('pages', {}, () =>
    withRally(many.directory, cleanup, async (rally) => ({
      messagePages: await readPages(rally, messagePages(many.crowd, many.people), measuredMs, cleanup),
      chatPages: await readPages(rally, chatPages(many.crowd), measuredMs, cleanup),
    })),
  );
  const { messagePages: ofMessages = null, chatPages: ofChats = null } = pages ?? {};
  const found = { rebuild, messagePages: ofMessages, chatPages: ofChats };
  if (!few) return { ...found, flatness: null };
  onStep(`history: costs with ${few.messages} and with ${many.messages} messages`);
  const flatness = await budget.measure('flatness', {}, async () => {
    await withStoppedRally(few.directory, cleanup, rebuildReadModels);
    return measureFlatness(few, many, cleanup);
  });
  return { ...found, flatness };
}

export async function readPages(
  { address }: SystemUnderTest,
  requests: PageRequest[],
  measuredMs: number,
  cleanup: Cleanup,
  { connections = PAGE_CONNECTIONS, warmUpMs = PAGE_WARM_UP_MS } = {},
): Promise<PageLoadResult> {
  const generator = new LoadGenerator(cleanup);
  try {
    return await generator.readPages({ address, requests, connections, warmUpMs, measuredMs });
  } finally {
    await generator.stop();
  }
}
