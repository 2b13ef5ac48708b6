import type { Crowd } from './load-generator/crowd.ts';
import { LoadGenerator } from './load-generator/load-generator.ts';
import { Contestant } from './measures/contestant.ts';
import type { Cleanup } from './processes/cleanup.ts';
import { temporaryDirectory } from './processes/temporary-directory.ts';
import type { CrowdSize, StartSystem, SystemUnderTest } from './systems/system-under-test.ts';

export interface Prepared {
  readonly contestant: Contestant;
  readonly crowd: Crowd;
  /** Once the system has been stopped: a fresh process with the same data, at another address. */
  readonly restart: () => Promise<SystemUnderTest>;
}

/** Up, with its crowd connected. */
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
