import { randomUUID } from 'node:crypto';
import { openDataDirectory } from '../../standalone/data-directory/data-directory.ts';
import { rebuildReadModels } from '../history/rebuild-rate.ts';
import { type StoppedRally, withStoppedRally } from '../history/stopped-rally.ts';
import { stormUser } from '../load-generator/storm-tab.ts';
import type { Cleanup } from '../processes/cleanup.ts';
import { temporaryDirectory } from '../processes/temporary-directory.ts';
import { currentCommit } from '../report/commit.ts';
import { describeMachine } from '../report/machine.ts';
import { measureConnecting, type PresenceHistory } from './connect-cost.ts';
import { measureLogVolume } from './log-volume.ts';
import type { PresenceReport, Storm } from './presence-result.ts';
import { PresenceWriter } from './presence-writer.ts';
import { registerMany } from './register-many.ts';
import { LISTEN_MS, measureStorm, SOCKETS, WITHIN_MS } from './storm.ts';

/** Everybody, a friends list, nobody. */
const WATCHED = [null, 50, 0];
/** Of a presence stream. */
const MANY_EVENTS = 20_000;
/** Those whose streams have none, or so many. */
const CONNECTING = 40;

/** How often `onStep` is called. */
export const STEPS = WATCHED.length + 4;

/** Rejects when a tab is turned away or closed. */
export async function measurePresence(
  cleanup: Cleanup,
  onStep: (step: string) => void,
): Promise<PresenceReport> {
  const date = new Date().toISOString();
  const startedAt = performance.now();
  const [commit, machine] = await Promise.all([currentCommit(), describeMachine()]);
  onStep(`${SOCKETS.toLocaleString('en')} users sign up`);
  const crowd = await makeHistory(SOCKETS, 0, cleanup);
  const storms: Storm[] = [];
  for (const watched of WATCHED) {
    onStep(`a storm of tabs that ${watched === null ? 'hear of everybody' : `watch ${watched} others`}`);
    storms.push(await measureStorm(crowd, watched, cleanup));
  }
  onStep(`writing ${MANY_EVENTS.toLocaleString('en')} events of each of ${CONNECTING} users`);
  const few = await makeHistory(CONNECTING, 0, cleanup);
  const many = await makeHistory(CONNECTING, MANY_EVENTS, cleanup);
  onStep('tabs that come and go, in both in turn');
  const connecting = await measureConnecting(few, many, cleanup);
  onStep('days of presence in the log');
  const volume = await measureLogVolume(cleanup);
  return {
    date,
    commit,
    machine,
    durationS: (performance.now() - startedAt) / 1000,
    sockets: SOCKETS,
    withinS: WITHIN_MS / 1000,
    listenS: LISTEN_MS / 1000,
    storms,
    histories: [0, MANY_EVENTS],
    connecting,
    volume,
  };
}

async function makeHistory(users: number, events: number, cleanup: Cleanup): Promise<PresenceHistory> {
  const directory = await temporaryDirectory(cleanup);
  const { jwtSecret, release } = await openDataDirectory(directory);
  await release();
  const names = Array.from({ length: users }, (_, number) => stormUser(number));
  return withStoppedRally(directory, cleanup, async (stopped) => {
    const crowd = await registerMany(stopped, jwtSecret, names);
    await loadPresence(stopped, names, events);
    await rebuildReadModels(stopped);
    return { directory, users: crowd };
  });
}

/** All of them are offline at the end. */
async function loadPresence(
  { store }: StoppedRally,
  names: readonly string[],
  events: number,
): Promise<void> {
  const [gatewayId, from] = [randomUUID(), Date.parse('2024-01-01T00:00:00.000Z')];
  await Promise.all(names.map((name) => new PresenceWriter(store, name, gatewayId, from).comeAndGo(events)));
}
