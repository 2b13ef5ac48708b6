import type { WaitGroup } from '../../platform/wait-group.ts';
import type { Tab } from './tab.ts';

/** How long clients are given to answer a close frame. */
const GOODBYE_MS = 1000;

/** Closes all tabs once what they asked for is answered, or after `patienceMs`: then they will ask again. */
export async function drainTabs(
  tabs: ReadonlySet<Tab>,
  unanswered: WaitGroup,
  openSockets: WaitGroup,
  patienceMs: number,
): Promise<void> {
  for (const tab of [...tabs]) if (!tab.isWelcomed) tab.close('CANCELLED');
  await unanswered.wait(patienceMs);
  for (const tab of [...tabs]) tab.close('CANCELLED');
  await openSockets.wait(GOODBYE_MS);
}
