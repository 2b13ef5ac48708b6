import type { Logger } from 'pino';
import { pause } from '../platform/pause.ts';
import { isUnavailable } from '../platform/postgres/is-unavailable.ts';
import { keepGoing } from '../platform/service/keep-going.ts';
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
  let trouble: string | null = 'starting';
  let isStopping = false;

  /** Told when it changes. */
  function stand(now: string | null, error?: unknown): void {
    if (now === trouble) return;
    trouble = now;
    if (now === null) logger.info('keeps house, or waits for its turn');
    else logger[isExpected(error) ? 'warn' : 'error']({ err: error }, now);
  }

  async function workOn(signal: AbortSignal, onStanding: () => void): Promise<void> {
    await prepare();
    while (!signal.aborted) {
      await workOff({ ...work, signal });
      stand(null);
      onStanding();
      await pause(intervalMs, signal);
    }
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
