import type { Crowd } from './load-generator/crowd.ts';
import { LoadGenerator } from './load-generator/load-generator.ts';
import { Contestant } from './measures/contestant.ts';
import type { Cleanup } from './processes/cleanup.ts';
import { temporaryDirectory } from './processes/temporary-directory.ts';
import type { CrowdSize, StartSystem, SystemUnderTest } from './systems/system-under-test.ts';

export interface Prepared {
  readonly contestant: Contestant;
  readonly crowd: Crowd;
  /** Once the system has been stopped: a fresh process with the same data, at another address. `flags` go to its Node. */
  readonly restart: (flags: readonly string[]) => Promise<SystemUnderTest>;
}

/** Up, with its crowd connected. */
export async function prepare(
  start: StartSystem,
  size: CrowdSize,
  cleanup: Cleanup,
  flags: readonly string[] = [],
): Promise<Prepared> {
  const directory = await temporaryDirectory(cleanup);
  const launch = { directory, cleanup };
  const system = await start({ ...launch, flags });
  const generator = new LoadGenerator(cleanup);
  const crowd = await system.crowd(size);
  await generator.connect(system, crowd);
  const restart = (flags: readonly string[]) => start({ ...launch, flags });
  return { contestant: new Contestant(system, generator), crowd, restart };
}
