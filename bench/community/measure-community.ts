import { withRally } from '../history/history.ts';
import { readPages } from '../history/measure-history.ts';
import type { PageRequest } from '../load-generator/page-load.ts';
import type { Cleanup } from '../processes/cleanup.ts';
import { currentCommit } from '../report/commit.ts';
import { describeMachine } from '../report/machine.ts';
import { measureAnnouncing } from './announcing.ts';
import { type Community, makeCommunity, PAIRS, TABS_PER_USER } from './community.ts';
import type { CommunityReport } from './community-result.ts';
import { searches } from './load-community.ts';

const FEW = 100;
const MANY = 100_000;
/** Of the pages. */
const MEASURED_MS = 4000;
/** A fresh process takes that long until it is as fast as it gets. */
const WARM_UP_MS = 2000;
const READERS = 16;
/** Fewer: what is looked at is how long one who types waits, and not how many the machine can answer. */
const SEARCHERS = 4;

/** How often `onStep` is called. */
export const STEPS = 4;

/** Rejects when a page or an announcement is refused, or when a tab does not hear of one. */
export async function measureCommunity(
  cleanup: Cleanup,
  onStep: (step: string) => void,
): Promise<CommunityReport> {
  const date = new Date().toISOString();
  const startedAt = performance.now();
  const [commit, machine] = await Promise.all([currentCommit(), describeMachine()]);
  onStep(`${FEW} users sign up`);
  const few = await makeCommunity(FEW, cleanup);
  onStep(`${MANY.toLocaleString('en')} users sign up`);
  const many = await makeCommunity(MANY, cleanup);
  onStep('reading pages');
  const pages = await withRally(many.directory, cleanup, async (rally) => {
    const read = (requests: PageRequest[], connections: number) =>
      readPages(rally, requests, MEASURED_MS, cleanup, { connections, warmUpMs: WARM_UP_MS });
    return {
      search: await read(searchPages(many), SEARCHERS),
      self: await read(pagesOf(many, '/api/self'), READERS),
      notifications: await read(pagesOf(many, '/api/notifications'), READERS),
    };
  });
  onStep('announcing tournaments, in both in turn');
  const announcing = await measureAnnouncing(few, many, cleanup);
  return {
    date,
    commit,
    machine,
    durationS: (performance.now() - startedAt) / 1000,
    users: [FEW, MANY],
    atOnce: { readers: READERS, searchers: SEARCHERS },
    tabs: (2 * PAIRS - 1) * TABS_PER_USER,
    announcing,
    ...pages,
  };
}

/** Of everybody who can sign in. */
const pagesOf = ({ crowd }: Community, path: string): PageRequest[] =>
  crowd.map(({ headers }) => ({ path, headers }));

const searchPages = (community: Community): PageRequest[] =>
  searches.flatMap((search) => pagesOf(community, `/api/users?search=${search}`));
