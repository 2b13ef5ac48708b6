import type { Logger } from 'pino';
import { pause } from '../platform/pause.ts';
import { isUnavailable } from '../platform/postgres/is-unavailable.ts';
import type { Lease } from '../platform/postgres/leases.ts';
import { keepGoing } from '../platform/service/keep-going.ts';
import type { Service } from '../platform/service/service.ts';
import { ReadModelsUnavailable } from '../read-models/snapshot.ts';
import { Election } from './election.ts';
import type { HousekeepingMetrics } from './metrics.ts';

/** Something that the elected instance does again and again, beside all else that it does. */
export type Chore = (round: Round) => Promise<void>;

export interface Round {
  readonly election: Pick<Election, 'isElected' | 'heldMs'>;
  /** Aborts: what has been sent is waited for, nothing more is sent. */
  readonly signal: AbortSignal;
  /** It can see what is to be done, though that may take long. */
  readonly onLooked: () => void;
}

export interface HouseOptions {
  /** What chores and the lease rest on; called first, and again after a failure. */
  readonly prepare: () => Promise<void>;
  readonly lease: Lease;
  readonly chores: readonly Chore[];
  /** Between two rounds of a chore. */
  readonly intervalMs: number;
  readonly metrics: Pick<HousekeepingMetrics, 'elected'>;
  readonly logger: Logger;
}

const LONGEST_BACKOFF_MS = 2000;

/**
 * One round of each chore after the other, and chores side by side: none waits for another one. When one fails, all begin anew.
 *
 * Resolves once all can see what is to be done, or wait for their turn, or cannot because the database is away or the read models are
 * being filled; rejects otherwise, as `keepGoing` does. Ready while it works or waits: whether commands are answered, the command services
 * say. Stopped, it waits for the answers that are on their way and releases the lease.
 */
export async function keepHouse(options: HouseOptions): Promise<Service> {
  const { prepare, lease, chores, intervalMs, metrics, logger } = options;
  let trouble: string | null = 'starting';
  let isStopping = false;

  /** Told when it changes. */
  function stand(now: string | null, error?: unknown): void {
    if (now === trouble) return;
    trouble = now;
    if (now === null) logger.info('keeps house, or waits for its turn');
    else logger[isExpected(error) ? 'warn' : 'error']({ err: error }, now);
  }

  async function workOn(stopping: AbortSignal, onStanding: () => void): Promise<void> {
    await prepare();
    const failing = new AbortController();
    const signal = AbortSignal.any([stopping, failing.signal]);
    const election = new Election(lease, metrics);
    const blind = new Set(chores);
    const repeat = async (chore: Chore): Promise<void> => {
      const onLooked = () => {
        blind.delete(chore);
        if (blind.size > 0) return;
        stand(null);
        onStanding();
      };
      while (!signal.aborted) {
        await chore({ election, signal, onLooked });
        onLooked();
        await pause(intervalMs, signal);
      }
    };
    const orFail = (chore: Chore) => repeat(chore).catch((error: unknown) => failing.abort(error));
    await Promise.all(chores.map(orFail));
    failing.signal.throwIfAborted();
  }

  /** Where that fails, it lapses. */
  async function release(): Promise<void> {
    await lease.release().catch(() => {});
    metrics.elected.set(0);
  }

  try {
    const stop = await keepGoing({
      work: workOn,
      isExpected,
      onFailure(error) {
        metrics.elected.set(0);
        stand(troubleOf(error), error);
      },
      longestBackoffMs: LONGEST_BACKOFF_MS,
    });
    return {
      name: 'housekeeping',
      notReady: async () => (isStopping ? 'stopping' : trouble),
      async stop() {
        isStopping = true;
        await stop();
        await release();
      },
    };
  } catch (error) {
    await release();
    throw error;
  }
}

const isExpected = (error: unknown): boolean =>
  isUnavailable(error) || error instanceof ReadModelsUnavailable;

function troubleOf(error: unknown): string {
  if (error instanceof ReadModelsUnavailable) return error.message;
  return isUnavailable(error) ? 'the database is away' : 'what is due cannot be read';
}
