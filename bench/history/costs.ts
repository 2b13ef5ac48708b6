import type { Crowd } from '../load-generator/crowd.ts';
import { LoadGenerator } from '../load-generator/load-generator.ts';
import { Contestant } from '../measures/contestant.ts';
import { processorTimes } from '../measures/processor-cost.ts';
import type { Cleanup } from '../processes/cleanup.ts';
import type { SystemUnderTest } from '../systems/system-under-test.ts';
import type { HistoryPeople } from './history-people.ts';
import type { HistoryCosts } from './history-result.ts';
import { messagePages } from './page-requests.ts';

const SEND_RATE = 1000;
const WARM_UP_MS = 2000;
const CONNECTS = 2000;
const PAGE_CONNECTIONS = 4;
const MS_PER_S = 1000;

/** What sends, connects and pages cost Rally and its database now. */
export async function measureCosts(
  rally: SystemUnderTest,
  crowd: Crowd,
  people: HistoryPeople,
  measuredMs: number,
  cleanup: Cleanup,
): Promise<HistoryCosts> {
  const generator = new LoadGenerator(cleanup);
  try {
    await generator.connect(rally, crowd);
    const contestant = new Contestant(rally, generator);
    const talk = (ms: number) => contestant.talk({ rate: SEND_RATE, warmUpMs: 0, measuredMs: ms });
    const read = (ms: number) =>
      generator.readPages({
        address: rally.address,
        requests: messagePages(crowd, people),
        connections: PAGE_CONNECTIONS,
        warmUpMs: 0,
        measuredMs: ms,
      });
    const users = crowd.pairs.flatMap((pair) => pair.users);
    await talk(WARM_UP_MS);
    const sends = await costOf(rally, async () => {
      await talk(measuredMs);
      return (SEND_RATE * measuredMs) / MS_PER_S;
    });
    const connects = await costOf(rally, async () => {
      await generator.sitIdle(rally, users, CONNECTS);
      return CONNECTS;
    });
    await generator.leave();
    await read(WARM_UP_MS);
    const pages = await costOf(rally, async () => {
      const { requestsPerS } = await read(measuredMs);
      return (requestsPerS * measuredMs) / MS_PER_S;
    });
    return { sends, connects, pages };
  } finally {
    await generator.stop();
  }
}

/** Processor seconds per 1,000 of what `work` did. */
async function costOf({ pid }: SystemUnderTest, work: () => Promise<number>): Promise<number> {
  const used = async () => {
    const times = await processorTimes(pid, pid);
    return times.server + times['database sessions'] + times['database housekeeping'];
  };
  const before = await used();
  const done = await work();
  return (((await used()) - before) / done) * 1000;
}
