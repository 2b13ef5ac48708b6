import type { Logger } from 'pino';
import type { EventStore } from '../platform/event-store/event-store.ts';
import type { MessageBus } from '../platform/message-bus/message-bus.ts';
import { WANTED } from '../protocol/subjects.ts';
import { PROJECTED_STREAMS } from '../read-models/registry.ts';
import type { ProjectionLimits } from './configuration.ts';
import type { Folded } from './folding.ts';
import type { Leadership } from './leadership.ts';
import type { ProjectionMetrics } from './metrics.ts';
import { type Parking, poisonReason, projectCarefully } from './project-carefully.ts';
import { NotPublished, Projector } from './projector.ts';
import { publishPosition, publishPresence, publishPushes } from './publisher.ts';
import type { Standing } from './standing.ts';

export interface ProjectionParts {
  readonly store: EventStore;
  readonly bus: MessageBus;
  readonly limits: ProjectionLimits;
  /** See `WRITE_INTERVAL_MS`. */
  readonly writeEveryMs: number;
  readonly standing: Standing;
  readonly metrics: ProjectionMetrics;
  readonly logger: Logger;
}

/** When a leader's work ends: by `signal`, in whatever way; by `interrupted` because what is published may get lost. */
interface Ends {
  readonly signal: AbortSignal;
  readonly interrupted: AbortSignal;
}

/**
 * Projects from the checkpoint on until `signal` aborts: frames leave at once, rows follow. Nothing is published once
 * `interrupted` has aborted. Rejects when something fails through no fault of the events, or when another projector has
 * taken over; the checkpoint then tells where to go on.
 *
 * Events that cannot be projected are found by going over the same part of the log again, carefully.
 *
 * While read models are filled for the first time nothing is published until the end of the log: nobody waits for it.
 */
export async function projectLog(leadership: Leadership, parts: ProjectionParts, ends: Ends): Promise<void> {
  while (!ends.signal.aborted) {
    try {
      return await projectAtOnce(leadership, parts, ends);
    } catch (error) {
      if (ends.interrupted.aborted) return;
      if (poisonReason(error) === null) throw error;
    }
    leadership.memory.forget();
    await projectPoisoned(leadership, parts, ends);
  }
}

async function projectAtOnce(leadership: Leadership, parts: ProjectionParts, ends: Ends): Promise<void> {
  const { bus, limits, standing, writeEveryMs } = parts;
  const { signal, interrupted } = ends;
  let caughtUp = false;
  const projector = new Projector(leadership, {
    publish: (folded) => publish(leadership, parts, ends, folded),
    flush: () => flush(parts, ends),
    writeEveryMs,
    unwrittenLimit: limits.unwrittenEvents,
    onWritten: (written) => {
      countPassedOver(leadership, parts);
      standing.written({ ...written, caughtUp });
      publishPosition(parts, written.position);
    },
  });
  const wanted = await bus.subscribe(WANTED, (position) => projector.hurry(BigInt(position)));
  try {
    const untilBroken = AbortSignal.any([signal, projector.broken]);
    for await (const batch of batchesFrom(leadership, parts, untilBroken)) {
      if (interrupted.aborted) return;
      standing.taking();
      caughtUp = batch.caughtUp;
      await projector.take(batch);
      if (caughtUp && !projector.isBehind) standing.caughtUp();
    }
    projector.broken.throwIfAborted();
    if (!interrupted.aborted && !leadership.lost.aborted) await projector.finish();
  } finally {
    await projector.stop();
    await wanted.unsubscribe();
  }
}

/** Over the next stretch of the log, event by event where it has to be; enough to get past at least one that is parked. */
async function projectPoisoned(leadership: Leadership, parts: ProjectionParts, ends: Ends): Promise<void> {
  const { metrics, logger, standing } = parts;
  const { signal, interrupted } = ends;
  let isParked = false;
  const options = {
    tell: async (folded: Folded) => {
      publish(leadership, parts, ends, folded);
      await flush(parts, ends);
    },
    onPoison: async ({ event: { position, stream, event }, reason, park }: Parking) => {
      await park();
      isParked = true;
      metrics.parked.inc();
      logger.error({ position: String(position), stream, type: event.type, reason }, 'event parked');
    },
  };
  const over = new AbortController();
  try {
    for await (const batch of batchesFrom(leadership, parts, AbortSignal.any([signal, over.signal]))) {
      const startedAt = performance.now();
      standing.taking();
      await projectCarefully(leadership, batch, options);
      countPassedOver(leadership, parts);
      const { events, position, caughtUp } = batch;
      standing.written({
        events: events.length,
        position,
        startedAt,
        takenAt: startedAt,
        caughtUp,
        unwrittenSince: null,
      });
      publishPosition(parts, position);
      if (isParked || caughtUp || interrupted.aborted) return;
    }
  } finally {
    over.abort();
  }
}

function countPassedOver({ memory }: Leadership, { metrics, logger }: ProjectionParts): void {
  const events = memory.takePassedOver();
  if (events === 0) return;
  metrics.unknown.inc(events);
  logger.warn(
    { events },
    'events of a later version were passed over: rebuild the read models once it runs again',
  );
}

const batchesFrom = ({ position }: Leadership, { store, limits }: ProjectionParts, signal: AbortSignal) =>
  store.subscribe({ after: position, prefixes: PROJECTED_STREAMS, batchSize: limits.batchSize, signal });

function publish(
  { epoch }: Leadership,
  parts: ProjectionParts,
  { interrupted }: Ends,
  { frames, states }: Folded,
): void {
  if (interrupted.aborted) throw new NotPublished('the message bus was interrupted');
  publishPushes(parts, epoch, frames);
  publishPresence(parts, epoch, states);
}

/** That what is published now has left says nothing of what was published before an interruption. */
async function flush({ bus }: ProjectionParts, { interrupted }: Ends): Promise<void> {
  await bus.flush().catch((cause) => {
    throw new NotPublished('the message bus is away', { cause });
  });
  if (interrupted.aborted) throw new NotPublished('the message bus was interrupted');
}
