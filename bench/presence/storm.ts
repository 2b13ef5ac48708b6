import { setTimeout as sleep } from 'node:timers/promises';
import { withRally } from '../history/history.ts';
import { LoadGenerator } from '../load-generator/load-generator.ts';
import { serverBytes } from '../measures/idle-memory.ts';
import { processorTimes } from '../measures/processor-cost.ts';
import type { Cleanup } from '../processes/cleanup.ts';
import type { SystemUnderTest } from '../systems/system-under-test.ts';
import type { PresenceHistory } from './connect-cost.ts';
import type { Storm } from './presence-result.ts';
import { untilNobodyIsOnline } from './until-offline.ts';

export const SOCKETS = 5000;
export const WITHIN_MS = 5000;
/** What is told of everybody to everybody goes on for longer than anybody wants to watch: so far it is counted. */
export const LISTEN_MS = 30_000;
const SAMPLE_EVERY_MS = 50;

/** Rejects when a tab is not welcomed, or is closed. */
export async function measureStorm(
  { directory, users }: PresenceHistory,
  watched: number | null,
  cleanup: Cleanup,
): Promise<Storm> {
  return withRally(directory, cleanup, async (rally) => {
    const generator = new LoadGenerator(cleanup);
    try {
      const [bytesBefore, before] = [
        await serverBytes(rally),
        await processorTimes(rally.pid, generator.pid),
      ];
      const sampling = new Sampling(rally);
      const result = await generator.storm({
        address: rally.address,
        users: [...users],
        withinMs: WITHIN_MS,
        watched,
        listenMs: LISTEN_MS,
      });
      const [bytesAtMost, after] = [await sampling.end(), await processorTimes(rally.pid, generator.pid)];
      if (result.welcomed < users.length || result.closed > 0)
        throw new Error(
          `${result.welcomed} of ${users.length} tabs were welcomed, ${result.closed} closed (${result.reasons.join(', ')})`,
        );
      await untilNobodyIsOnline(directory);
      return {
        ...result,
        watched,
        bytesBefore,
        bytesAtMost,
        processorS:
          after.server +
          after['database sessions'] +
          after['database housekeeping'] -
          (before.server + before['database sessions'] + before['database housekeeping']),
        generatorS: after['load generator'] - before['load generator'],
      };
    } finally {
      await generator.stop();
    }
  });
}

/** Looks again and again at what a system's servers hold. */
class Sampling {
  readonly #system: SystemUnderTest;
  #most: number | null = null;
  #isOver = false;
  readonly #sampling: Promise<void>;

  constructor(system: SystemUnderTest) {
    this.#system = system;
    this.#sampling = this.#sample();
  }

  /** The most that they held. */
  async end(): Promise<number | null> {
    this.#isOver = true;
    await this.#sampling;
    return this.#most;
  }

  async #sample(): Promise<void> {
    while (!this.#isOver) {
      const bytes = await serverBytes(this.#system);
      if (bytes !== null) this.#most = Math.max(this.#most ?? 0, bytes);
      await sleep(SAMPLE_EVERY_MS);
    }
  }
}
