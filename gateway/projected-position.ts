import type { Logger } from 'pino';
import type { MessageBus } from '../platform/message-bus/message-bus.ts';
import { PROJECTED, WANTED } from '../protocol/subjects.ts';
import type { ReadModels } from '../read-models/read-models.ts';

/** How far the read models have seen the log: what lets somebody wait until what is up to there can be read. */
export interface ProjectedPosition {
  /** As far as is known here; -1: nothing yet. */
  readonly position: bigint;
  /** As far as is known here. */
  hasPassed(position: bigint): boolean;
  /** Tells the leader that somebody waits, so that it writes at once. false: not within `timeoutMs`, or not before `signal` aborts. */
  waitFor(position: bigint, signal?: AbortSignal): Promise<boolean>;
  close(): Promise<void>;
}

export interface ProjectedPositionOptions {
  readonly bus: MessageBus;
  readonly readModels: Pick<ReadModels, 'projectedPosition'>;
  readonly timeoutMs: number;
  readonly logger: Logger;
}

/** The bus tells it early but may lose it, so the read models are asked at the start, after a gap, and before giving up. */
export async function followProjectedPosition(options: ProjectedPositionOptions): Promise<ProjectedPosition> {
  const { bus, readModels, timeoutMs, logger } = options;
  const waiting = new Set<{ readonly position: bigint; readonly seen: () => void }>();
  let projected = -1n;
  /** What the leader has been told last; many wait for the same at once. */
  let told: bigint | null = null;

  function advance(position: bigint): void {
    if (position <= projected) return;
    projected = position;
    for (const waiter of waiting) if (waiter.position <= position) waiter.seen();
  }

  async function ask(): Promise<void> {
    try {
      advance(await readModels.projectedPosition());
    } catch (error) {
      logger.debug({ err: error }, 'projected position not known');
    }
  }

  function tellLeader(position: bigint): void {
    if (position === told) return;
    told = position;
    bus.publish(WANTED, position.toString());
  }

  function nextAdvance(position: bigint, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      if (signal?.aborted) return resolve();
      const waiter = { position, seen: () => finish() };
      const deadline = setTimeout(() => {
        // It may have got lost: whoever asks again is told of again.
        told = null;
        finish();
      }, timeoutMs);
      const finish = () => {
        clearTimeout(deadline);
        waiting.delete(waiter);
        signal?.removeEventListener('abort', finish);
        resolve();
      };
      signal?.addEventListener('abort', finish);
      waiting.add(waiter);
      tellLeader(position);
    });
  }

  const subscription = await bus.subscribe(PROJECTED, (payload) => advance(BigInt(payload)));
  bus.onInterrupted(() => {
    told = null;
    void ask();
  });
  await ask();
  return {
    get position() {
      return projected;
    },
    hasPassed: (position) => position <= projected,
    async waitFor(position, signal) {
      if (position > projected) await nextAdvance(position, signal);
      if (position > projected && !signal?.aborted) await ask();
      return position <= projected;
    },
    async close() {
      await subscription.unsubscribe();
      for (const { seen } of waiting) seen();
    },
  };
}
