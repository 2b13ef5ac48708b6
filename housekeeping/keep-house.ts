import type { Logger } from 'pino';
import { backoffMs, pause } from '../platform/pause.ts';
import { isUnavailable } from '../platform/postgres/is-unavailable.ts';
import type { Service } from '../platform/service/service.ts';
import { ReadModelsUnavailable } from '../read-models/snapshot.ts';
import { type WorkOptions, workOff } from './work-off.ts';

export interface HouseOptions extends Omit<WorkOptions, 'signal'> {
  /** What the lease rests on; called first, and again after a failure. */
  readonly prepare: () => Promise<void>;
  /** Between two rounds. */
  readonly intervalMs: number;
  readonly logger: Logger;
}

/** Waiting after a failure doubles, from the one to the other. */
const FIRST_BACKOFF_MS = 100;
const LONGEST_BACKOFF_MS = 2000;

/**
 * One round after the other. Resolves once it works or waits for its turn, or cannot because the database is away or the read models
 * are being filled: it then goes on trying for ever, as it does after every later failure. Rejects when it fails otherwise before it
 * has ever worked or waited.
 *
 * Ready while it works or waits: whether commands are answered, the command services say. Stopped, it waits for the answers that are on their way and releases the lease.
 */
export async function keepHouse({ prepare, intervalMs, logger, ...work }: HouseOptions): Promise<Service> {
  const { lease, metrics } = work;
  const stopping = new AbortController();
  const { signal } = stopping;
  let trouble: string | null = 'starting';

  /** Told when it changes. */
  function stand(now: string | null, error?: unknown): void {
    if (now === trouble) return;
    trouble = now;
    if (now === null) logger.info('keeps house, or waits for its turn');
    else logger[isExpected(error) ? 'warn' : 'error']({ err: error }, now);
  }

  async function keepOn(onRound: () => void, onFailure: (error: unknown) => void): Promise<void> {
    let isPrepared = false;
    let failures = 0;
    while (!signal.aborted) {
      try {
        if (!isPrepared) await prepare();
        isPrepared = true;
        await workOff({ ...work, signal });
        stand(null);
        failures = 0;
        onRound();
        await pause(intervalMs, signal);
      } catch (error) {
        isPrepared = false;
        failures += 1;
        metrics.elected.set(0);
        stand(troubleOf(error), error);
        onFailure(error);
        await pause(backoffMs(failures, FIRST_BACKOFF_MS, LONGEST_BACKOFF_MS), signal);
      }
    }
    // Where that fails, it lapses.
    await lease.release().catch(() => {});
    metrics.elected.set(0);
  }

  let keeping: Promise<void> = Promise.resolve();
  const stop = async () => {
    stopping.abort();
    await keeping;
  };
  try {
    await new Promise<void>((resolve, reject) => {
      keeping = keepOn(resolve, (error) => (isExpected(error) ? resolve() : reject(error)));
    });
  } catch (error) {
    await stop();
    throw error;
  }
  return { name: 'housekeeping', notReady: async () => (signal.aborted ? 'stopping' : trouble), stop };
}

const isExpected = (error: unknown): boolean =>
  isUnavailable(error) || error instanceof ReadModelsUnavailable;

function troubleOf(error: unknown): string {
  if (error instanceof ReadModelsUnavailable) return error.message;
  return isUnavailable(error) ? 'the database is away' : 'what is due cannot be read';
}
