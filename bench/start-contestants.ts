import type { Crowd } from './load-generator/crowd.ts';
import { LoadGenerator } from './load-generator/load-generator.ts';
import { Contestant } from './measures/contestant.ts';
import type { Cleanup } from './processes/cleanup.ts';
import { temporaryDirectory } from './processes/temporary-directory.ts';
import { startLimitLoop, startPeerLoop } from './systems/loops.ts';
import { startRally } from './systems/rally.ts';
import type { CrowdSize, StartSystem, SystemUnderTest } from './systems/system-under-test.ts';

export interface Prepared {
  readonly contestant: Contestant;
  readonly crowd: Crowd;
  /** Once the system has been stopped: a fresh process with the same data, at another address. */
  readonly restart: () => Promise<SystemUnderTest>;
}

/** All systems, up and with their crowds connected, in the order in which they take turns. */
export async function startContestants(size: CrowdSize, cleanup: Cleanup): Promise<Prepared[]> {
  const starts: readonly StartSystem[] = [startRally, startLimitLoop, startPeerLoop];
  return Promise.all(starts.map((start) => prepare(start, size, cleanup)));
}

export async function prepare(
  start: StartSystem,
  size: CrowdSize,
  cleanup: Cleanup,
  flags: readonly string[] = [],
): Promise<Prepared> {
  const directory = await temporaryDirectory(cleanup);
  const launch = { directory, cleanup, flags };
  const system = await start(launch);
  const generator = new LoadGenerator(cleanup);
  const crowd = await system.crowd(size);
  await generator.connect(system, crowd);
  return { contestant: new Contestant(system, generator), crowd, restart: () => start(launch) };
}
