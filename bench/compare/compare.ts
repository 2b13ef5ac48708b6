import { rm } from 'node:fs/promises';
import { chatPages, messagePages } from '../history/page-requests.ts';
import { LoadGenerator } from '../load-generator/load-generator.ts';
import type { PageRequest } from '../load-generator/page-load.ts';
import { Contestant } from '../measures/contestant.ts';
import { findNeighbourhood } from '../measures/neighbourhood.ts';
import { processorTimes } from '../measures/processor-cost.ts';
import { findHighest, REFERENCE_RATE, talkWithCost } from '../measures/round.ts';
import type { Cleanup } from '../processes/cleanup.ts';
import { temporaryDirectory } from '../processes/temporary-directory.ts';
import { startRally } from '../systems/rally.ts';
import type { BuiltTree } from './built-tree.ts';
import { makeTreeHistory, rebuildTree } from './history/tree-history.ts';
import { type Both, both, type Figures, inTurn } from './in-turn.ts';
import { grownPerMessage, storedBytes } from './stored-bytes.ts';

export interface ComparisonPlan {
  readonly rounds: number;
  /** At 500 messages a second. */
  readonly steadyMs: number;
  readonly historyMessages: number;
  readonly pagesMs: number;
}

/** Of each measure, what the base and the candidate gave, in each round. */
export type Comparison = readonly (readonly Both<Figures>[])[];

const CROWD = { pairs: 100, tabsPerUser: 2 };
const WARM_UP_MS = 1000;
const SEARCH = { warmUpMs: 200, measuredMs: 1000 };
const PAGE_CONNECTIONS = 16;
const PAGE_WARM_UP_MS = 1000;
const US_PER_S = 1_000_000;

/** Rejects with `DeliveryBroken` when a tree loses, doubles or reorders a message. */
export async function compare(
  trees: Both<BuiltTree>,
  plan: ComparisonPlan,
  cleanup: Cleanup,
  onStep: (step: string) => void,
): Promise<Comparison> {
  return [
    ...(await compareMessages(trees, plan, cleanup, onStep)),
    ...(await compareHistories(trees, plan, cleanup, onStep)),
  ];
}

/** What a message costs and takes, what it leaves on the disk, and how many there can be. */
async function compareMessages(
  trees: Both<BuiltTree>,
  { rounds, steadyMs }: ComparisonPlan,
  cleanup: Cleanup,
  onStep: (step: string) => void,
): Promise<Comparison> {
  onStep('both trees start, users sign up');
  const talking = await both(trees, async (tree) => {
    const directory = await temporaryDirectory(cleanup);
    const system = await startRally({ directory, cleanup, build: tree.build });
    const generator = new LoadGenerator(cleanup);
    await generator.connect(system, await system.crowd(CROWD));
    const contestant = new Contestant(system, generator);
    await contestant.talk({ rate: REFERENCE_RATE, warmUpMs: 0, measuredMs: WARM_UP_MS });
    return { tree, directory, contestant, before: await storedBytes(directory), sent: 0 };
  });

  const steady = await inTurn(talking, rounds, async (one, round) => {
    onStep(`round ${round}: ${one.tree.name} at ${REFERENCE_RATE} messages/s`);
    const load = { rate: REFERENCE_RATE, warmUpMs: WARM_UP_MS, measuredMs: steadyMs };
    const { load: result, processorPer1000: used } = await talkWithCost(one.contestant, load);
    if (result.overrun)
      throw new Error(`${one.tree.name} did not keep up: this machine has too much else to do`);
    one.sent += result.sent;
    return {
      'PostgreSQL, processor µs per message':
        (used['database sessions'] + used['database housekeeping']) * (US_PER_S / 1000),
      "Rally's Node, processor µs per message": used.server * (US_PER_S / 1000),
      'send→ack p50, ms': result.ack.p50,
      'send→peer p50, ms': result.delivery.p50,
      'send→peer p99, ms': result.delivery.p99,
    };
  });

  onStep('what they have stored');
  const stored = await both(talking, async ({ directory, before, sent }) => {
    const { all, readModels, rest } = grownPerMessage(before, await storedBytes(directory), sent);
    return {
      'bytes on disk per message, log and read models': all,
      'of these the read models': readModels,
      'of these the log': rest,
    };
  });

  onStep('where their highest rates are');
  const searching = await both(talking, async (one) => ({
    ...one,
    around: await findNeighbourhood(one.contestant),
  }));
  const highest = await inTurn(searching, rounds, async (one, round) => {
    onStep(`round ${round}: ${one.tree.name}'s highest rate`);
    const { highestStep, highestRate } = await findHighest(one.contestant, SEARCH, one.around);
    one.around = highestStep;
    return { 'highest sustained messages/s': highestRate };
  });
  for (const { contestant, directory } of talking) {
    await contestant.lookBack();
    await contestant.generator.stop();
    await contestant.system.stop();
    await rm(directory, { recursive: true, force: true });
  }
  return [steady, highest, [stored]];
}

/** What a rebuild takes, and what pages cost with a long history. */
async function compareHistories(
  trees: Both<BuiltTree>,
  { rounds, historyMessages, pagesMs }: ComparisonPlan,
  cleanup: Cleanup,
  onStep: (step: string) => void,
): Promise<Comparison> {
  onStep(`both logs get ${historyMessages} messages`);
  const kept = await both(trees, async (tree) => ({
    tree,
    history: await makeTreeHistory(tree, historyMessages, cleanup),
  }));
  const rebuilds = await inTurn(kept, rounds, async ({ tree, history }, round) => {
    onStep(`round ${round}: ${tree.name} rebuilds its read models`);
    const { events, eventsPerS, processorS } = await rebuildTree(tree, history.directory, cleanup);
    return {
      'rebuild, events/s': eventsPerS,
      'rebuild, processor µs per event': (processorS / events) * US_PER_S,
    };
  });

  const serving = await both(kept, async ({ tree, history }) => ({
    tree,
    history,
    rally: await startRally({ directory: history.directory, cleanup, build: tree.build }),
    generator: new LoadGenerator(cleanup),
  }));
  const pages = await inTurn(serving, rounds, async ({ tree, history, rally, generator }, round) => {
    const read = async (name: string, requests: PageRequest[]): Promise<Figures> => {
      onStep(`round ${round}: ${tree.name}, ${name}`);
      const load = { address: rally.address, requests, connections: PAGE_CONNECTIONS, warmUpMs: 0 };
      await generator.readPages({ ...load, measuredMs: PAGE_WARM_UP_MS });
      const before = await processorTimes(rally.pid, generator.pid);
      const { requestsPerS } = await generator.readPages({ ...load, measuredMs: pagesMs });
      const after = await processorTimes(rally.pid, generator.pid);
      const read = (requestsPerS * pagesMs) / 1000;
      const each = (part: 'server' | 'database sessions') => ((after[part] - before[part]) / read) * US_PER_S;
      return {
        [`${name}/s`]: requestsPerS,
        [`${name}, Node µs each`]: each('server'),
        [`${name}, PostgreSQL µs each`]: each('database sessions'),
      };
    };
    return {
      ...(await read('pages of 30 messages', messagePages(history.crowd, history.people))),
      ...(await read('pages of 30 chats', chatPages(history.crowd))),
    };
  });
  for (const { rally, generator } of serving) {
    await generator.stop();
    await rally.stop();
  }
  return [rebuilds, pages];
}
