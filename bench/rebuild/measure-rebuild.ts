import { z } from 'zod';
import { makeHistory } from '../history/history.ts';
import { rebuildReadModels } from '../history/rebuild-rate.ts';
import { withStoppedRally } from '../history/stopped-rally.ts';
import { LoadGenerator } from '../load-generator/load-generator.ts';
import type { SteadyLoadResult } from '../load-generator/steady-load.ts';
import { Contestant } from '../measures/contestant.ts';
import { spreadOf } from '../measures/spread.ts';
import type { Cleanup } from '../processes/cleanup.ts';
import { forkEntry } from '../processes/fork-entry.ts';
import { currentCommit } from '../report/commit.ts';
import { describeMachine } from '../report/machine.ts';
import { startRally } from '../systems/rally.ts';
import { readOnAndOn } from './reading.ts';
import type { RebuildReport, RebuildRound } from './rebuild-result.ts';

const ROUNDS = 3;
const MESSAGES_PER_S = 300;
const LOOK = { rate: MESSAGES_PER_S, warmUpMs: 0, measuredMs: 3000 };
/** A Rally that serves has run for long: its code is compiled. */
const WARM_UP = { rate: 1500, warmUpMs: 0, measuredMs: 10_000 };

/** How often `onStep` is called. */
export const STEPS = ROUNDS + 3;

/** What `rally --json rebuild` prints. */
const rebuilt = z.object({ events: z.number(), seconds: z.number(), held_ms: z.number() });

/**
 * Rebuilds the read models of a Rally that serves meanwhile. Rejects when a message is lost, doubled or out of order, or the rebuild
 * fails. `flags` go to the Node of the rebuild.
 */
export async function measureRebuild(
  messages: number,
  flags: readonly string[],
  cleanup: Cleanup,
  onStep: (step: string) => void,
): Promise<RebuildReport> {
  const date = new Date().toISOString();
  const startedAt = performance.now();
  const [commit, machine] = await Promise.all([currentCommit(), describeMachine()]);
  onStep(`writing a history of ${messages.toLocaleString('en')} messages`);
  const { directory, crowd } = await makeHistory(messages, cleanup);
  onStep('filling the first read models');
  await withStoppedRally(directory, cleanup, rebuildReadModels);
  const system = await startRally({ directory, cleanup });
  const generator = new LoadGenerator(cleanup);
  await generator.connect(system, crowd);
  const contestant = new Contestant(system, generator);
  const user = crowd.pairs[0]?.users[0];
  if (!user) throw new RangeError('a crowd has users');
  await contestant.talk(WARM_UP);
  onStep('serving without a rebuild');
  const { p50, p99 } = (await contestant.talk(LOOK)).delivery;

  const rounds: RebuildRound[] = [];
  for (let number = 1; number <= ROUNDS; number += 1) {
    onStep(`rebuild ${number} of ${ROUNDS}`);
    const over = new AbortController();
    const rebuilding = rebuild(directory, flags, cleanup).finally(() => over.abort());
    const reading = readOnAndOn(system.address, user, over.signal);
    const [told, reads, loads] = await Promise.all([rebuilding, reading, talkUntil(contestant, over.signal)]);
    const of = (what: (load: SteadyLoadResult) => number) => spreadOf(loads.map(what)).median;
    rounds.push({
      events: told.events,
      seconds: told.seconds,
      eventsPerS: told.events / told.seconds,
      heldMs: told.held_ms,
      p50: of(({ delivery }) => delivery.p50),
      p99: of(({ delivery }) => delivery.p99),
      sent: loads.reduce((sum, { sent }) => sum + sent, 0),
      ...reads,
    });
  }
  await contestant.lookBack();
  await generator.stop();
  await system.stop();
  return {
    date,
    commit,
    machine,
    durationS: (performance.now() - startedAt) / 1000,
    messagesPerS: MESSAGES_PER_S,
    undisturbed: { p50, p99 },
    rounds,
  };
}

/** As an operator starts it. */
async function rebuild(directory: string, flags: readonly string[], cleanup: Cleanup) {
  const command = forkEntry({
    entry: 'ops/main.js',
    args: ['--json', 'rebuild'],
    environment: { DATA_DIR: directory },
    flags,
    cleanup,
  });
  return rebuilt.parse(JSON.parse(await command.printed()));
}

/** A look at a time: the last one ends after the rebuild. */
async function talkUntil(contestant: Contestant, signal: AbortSignal): Promise<SteadyLoadResult[]> {
  const loads: SteadyLoadResult[] = [];
  do loads.push(await contestant.talk(LOOK));
  while (!signal.aborted);
  return loads;
}
