import type { Logger } from 'pino';
import type { MessageBus } from '../../platform/message-bus/message-bus.ts';
import { PROJECTED } from '../../protocol/subjects.ts';
import type { ReadModels } from '../../read-models/read-models.ts';

/** How far the read models have seen the log: what lets an answer wait until its effect can be read. */
export interface ProjectedPosition {
  /** false: not within the time that requests wait. */
  waitFor(position: bigint): Promise<boolean>;
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

  function nextAdvance(position: bigint): Promise<void> {
    return new Promise((resolve) => {
      const waiter = { position, seen: () => finish() };
      const deadline = setTimeout(() => finish(), timeoutMs);
      const finish = () => {
        clearTimeout(deadline);
        waiting.delete(waiter);
        resolve();
      };
      waiting.add(waiter);
    });
  }

  const subscription = await bus.subscribe(PROJECTED, (payload) => advance(BigInt(payload)));
  bus.onInterrupted(() => void ask());
  await ask();
  return {
    async waitFor(position) {
      if (position > projected) await nextAdvance(position);
      if (position > projected) await ask();
      return position <= projected;
    },
    async close() {
      await subscription.unsubscribe();
      for (const { seen } of waiting) seen();
    },
  };
}
