import type { Logger } from 'pino';
import type { EventStore } from '../platform/event-store/event-store.ts';
import type { MessageBus } from '../platform/message-bus/message-bus.ts';
import { pause } from '../platform/pause.ts';
import { applyOrPark, type ParkedEvent } from './apply-or-park.ts';
import type { FeedFrame } from './changes.ts';
import type { ProjectionLimits } from './configuration.ts';
import type { Leadership } from './leadership.ts';
import type { ProjectionMetrics } from './metrics.ts';
import { PROJECTED_STREAMS } from './projected-streams.ts';
import { PublishedMark } from './published-mark.ts';
import { type AddressedPush, publishPosition, publishPushes } from './publisher.ts';
import type { Standing } from './standing.ts';

/** An idle checkpoint follows the log in steps of this size: events of other streams are not worth a write each. */
const IDLE_STEP = 100_000n;

export interface ProjectionParts {
  readonly store: EventStore;
  readonly bus: MessageBus;
  readonly limits: ProjectionLimits;
  readonly standing: Standing;
  readonly metrics: ProjectionMetrics;
  readonly logger: Logger;
}

/**
 * Projects from the checkpoint on, and publishes what is committed, until `signal` aborts. Nothing is published once
 * `interrupted` has aborted. Rejects when a batch fails through no fault of its events, or when another projector has
 * taken over; the checkpoint then tells where to go on.
 *
 * While read models are filled for the first time nothing is published until the end of the log: nobody waits for it.
 */
export async function projectLog(
  leadership: Leadership,
  parts: ProjectionParts,
  { signal, interrupted }: { readonly signal: AbortSignal; readonly interrupted: AbortSignal },
): Promise<void> {
  const { store, bus, limits, standing, metrics, logger } = parts;
  const onParked = ({ event: { position, stream, event }, reason }: ParkedEvent) => {
    metrics.parked.inc();
    logger.error({ position: String(position), stream, type: event.type, reason }, 'event parked');
  };
  const mark = new PublishedMark(leadership.published, () => bus.flush());
  const batches = store.subscribe({
    after: leadership.position,
    prefixes: PROJECTED_STREAMS,
    batchSize: limits.batchSize,
    signal,
  });
  for await (const { events, position, caughtUp } of batches) {
    const startedAt = performance.now();
    standing.taking();
    const filled = leadership.filled || caughtUp;
    const idleStep = position - leadership.position >= IDLE_STEP;
    if (events.length > 0 || idleStep || filled !== leadership.filled) {
      if (!filled) mark.skipped(position);
      const next = { position, published: mark.certain, filled };
      const frames = await applyOrPark(leadership, events, next, onParked);
      if (interrupted.aborted) return;
      if (filled) publishPushes(parts, leadership.epoch, frames.map(pushOf));
      publishPosition(parts, position);
      mark.published(position);
    }
    standing.written({ events: events.length, position, caughtUp, startedAt });
    if (caughtUp && events.length < limits.batchSize) {
      await pause(limits.paceMs - (performance.now() - startedAt), signal);
    }
  }
}

const pushOf = ({ audience, cursor, text }: FeedFrame): AddressedPush => ({
  to: { users: audience },
  cursor,
  text,
});
