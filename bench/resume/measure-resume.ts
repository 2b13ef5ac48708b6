import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { pairId, streamOf } from '../../platform/event-store/stream-name.ts';
import { openDataDirectory } from '../../standalone/data-directory/data-directory.ts';
import { appendMany, appendNew } from '../history/append-new.ts';
import { rebuildReadModels } from '../history/rebuild-rate.ts';
import { withStoppedRally } from '../history/stopped-rally.ts';
import type { Crowd } from '../load-generator/crowd.ts';
import { LoadGenerator } from '../load-generator/load-generator.ts';
import type { Outlasting } from '../load-generator/resume.ts';
import { stormUser } from '../load-generator/storm-tab.ts';
import { processorTimes } from '../measures/processor-cost.ts';
import { registerMany } from '../presence/register-many.ts';
import type { Cleanup } from '../processes/cleanup.ts';
import { temporaryDirectory } from '../processes/temporary-directory.ts';
import { currentCommit } from '../report/commit.ts';
import { describeMachine } from '../report/machine.ts';
import type { Loss, ResumeReport } from './resume-result.ts';
import { startTwoGateways, type TwoGateways } from './two-gateways.ts';

const MESSAGES_PER_S = 200;
const LIMIT_MS = 120_000;
/** While they talk, and before they are cut off. */
const KILLED_AFTER_MS = 1500;
/** What a loss leaves to do, such as telling that somebody has gone, is over by then. */
const QUIET_MS = 5000;
/** Of a process, beside its tabs. */
const OTHER_FILES = 500;

/** How often `onStep` is called. */
export const STEPS = 4;

/** Rejects when a tab does not come back, or anything is lost, doubled or out of order. */
export async function measureResume(
  tabs: number,
  cleanup: Cleanup,
  onStep: (step: string) => void,
): Promise<ResumeReport> {
  await assertFiles(tabs + OTHER_FILES);
  const date = new Date().toISOString();
  const startedAt = performance.now();
  const [commit, machine] = await Promise.all([currentCommit(), describeMachine()]);
  onStep(`${tabs.toLocaleString('en')} users sign up, two by two`);
  const directory = await temporaryDirectory(cleanup);
  const pairs = await makePairs(directory, tabs / 2, cleanup);
  const cluster = await startTwoGateways(directory, cleanup);
  const generator = new LoadGenerator(cleanup);
  onStep('they connect');
  await generator.sitDown({ addresses: [...cluster.addresses], pairs });
  await sleep(QUIET_MS);
  onStep('a gateway is killed');
  const talking = { isCut: false, messagesPerS: MESSAGES_PER_S, limitMs: LIMIT_MS };
  const killed = await measureLoss(cluster, generator, talking);
  await cluster.untilAllAnswer();
  await sleep(QUIET_MS);
  onStep('connections are cut');
  const cut = await measureLoss(cluster, generator, { isCut: true, messagesPerS: 0, limitMs: LIMIT_MS });
  await generator.stop();
  await cluster.stop();
  return {
    date,
    commit,
    machine,
    durationS: (performance.now() - startedAt) / 1000,
    tabs,
    messagesPerS: MESSAGES_PER_S,
    killed,
    cut,
  };
}

async function measureLoss(
  cluster: TwoGateways,
  generator: LoadGenerator,
  outlasting: Outlasting,
): Promise<Loss> {
  const before = await processorTimes(cluster.pid, generator.pid);
  const lasting = generator.outlast(outlasting);
  if (!outlasting.isCut) {
    await sleep(KILLED_AFTER_MS);
    await cluster.kill(cluster.addresses[0]);
  }
  const result = await lasting;
  const after = await processorTimes(cluster.pid, generator.pid);
  const { tabs, back, missing, doubled, disordered } = result;
  if (back < tabs || missing + doubled + disordered > 0)
    throw new Error(
      `${back} of ${tabs} tabs came back; ${missing} messages lost, ${doubled} doubled, ${disordered} chats out of order`,
    );
  const used = (part: keyof typeof after) => after[part] - before[part];
  return {
    ...result,
    processorS: used('server') + used('database sessions') + used('database housekeeping'),
    generatorS: used('load generator'),
  };
}

/** Users who know each other, two by two, in the data of a Rally that does not run yet. */
async function makePairs(directory: string, count: number, cleanup: Cleanup): Promise<Crowd['pairs']> {
  const { jwtSecret, release } = await openDataDirectory(directory);
  await release();
  const names = Array.from({ length: 2 * count }, (_, number) => stormUser(number));
  return withStoppedRally(directory, cleanup, async (stopped) => {
    const users = await registerMany(stopped, jwtSecret, names);
    const pairs: Crowd['pairs'] = [];
    const date = new Date().toISOString();
    await appendMany(count, async (number) => {
      const [first, second] = [users[2 * number], users[2 * number + 1]];
      if (!first || !second) throw new RangeError('a pair is two users');
      const chatId = pairId(first.username, second.username);
      pairs[number] = { chatId, users: [first, second] };
      await appendNew(stopped.store, streamOf('relationship', chatId), first.username, {
        type: 'ChatStarted',
        data: { chatId, participants: [first.username, second.username], date },
      });
    });
    await rebuildReadModels(stopped);
    return pairs;
  });
}

/** All tabs may come to one gateway, and all are this machine's. */
async function assertFiles(needed: number): Promise<void> {
  const limits = await readFile('/proc/self/limits', 'utf8').catch(() => '');
  const limit = Number(/^Max open files\s+(\d+)/m.exec(limits)?.[1] ?? needed);
  if (limit < needed)
    throw new Error(`a process may have ${limit} files open, and needs ${needed}: ulimit -n ${needed}`);
}
