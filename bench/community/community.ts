import { withRally } from '../history/history.ts';
import { rebuildReadModels } from '../history/rebuild-rate.ts';
import { withStoppedRally } from '../history/stopped-rally.ts';
import type { CrowdUser } from '../load-generator/crowd.ts';
import type { Cleanup } from '../processes/cleanup.ts';
import { temporaryDirectory } from '../processes/temporary-directory.ts';
import { loadMembers, loadTies } from './load-community.ts';

/** The data of a Rally that does not run now, with so many users. */
export interface Community {
  readonly users: number;
  readonly directory: string;
  /** Those of them who can sign in. */
  readonly crowd: readonly CrowdUser[];
}

/** Their tabs are a few dozen. */
export const PAIRS = 12;
export const TABS_PER_USER = 2;

export async function makeCommunity(users: number, cleanup: Cleanup): Promise<Community> {
  const directory = await temporaryDirectory(cleanup);
  const { pairs } = await withRally(directory, cleanup, (rally) =>
    rally.crowd({ pairs: PAIRS, tabsPerUser: TABS_PER_USER }),
  );
  const crowd = pairs.flatMap((pair) => pair.users);
  await withStoppedRally(directory, cleanup, async (stopped) => {
    await loadMembers(stopped.store, users - crowd.length);
    await loadTies(
      stopped.store,
      crowd.map(({ username }) => username),
    );
    await rebuildReadModels(stopped);
  });
  return { users, directory, crowd };
}
