import type pg from 'pg';
import type { EventStore, LogBatch } from '../platform/event-store/event-store.ts';
import { migrateReadModels } from '../read-models/migrate.ts';
import { PROJECTED_STREAMS } from '../read-models/registry.ts';
import { followLog } from './follow-log.ts';
import { type Leadership, LeadershipLost, waitForLeadership } from './leadership.ts';
import { oneAhead } from './one-ahead.ts';
import { PoisonEvent, poisonReason, projectCarefully } from './project-carefully.ts';
import { Projector } from './projector.ts';

/** Larger than a live batch: nobody waits for a single event, and a round trip serves more of them. */
const BATCH_EVENTS = 4000;

export interface RebuildOptions {
  readonly store: EventStore;
  readonly pool: pg.Pool;
  /** Filled from its checkpoint on; created when it is not there. */
  readonly schema: string;
  readonly signal: AbortSignal;
  /** Stops after this position; without it, where the log ends. */
  readonly upTo?: bigint;
  /** Where events stand that the read models are to do without: those that an operator has skipped. */
  readonly passOver?: ReadonlySet<bigint>;
  readonly onProgress?: (progress: RebuildProgress) => void;
}

export type FillOptions = Omit<RebuildOptions, 'pool' | 'schema'>;

export interface RebuildProgress {
  readonly events: number;
  /** Everything up to there is in the read models. */
  readonly position: bigint;
}

/**
 * Fills read models from the log as fast as it goes, and tells nobody but `onProgress`. After an interruption it can
 * be called again and goes on where it was. Waits while a projection service leads the schema. Rejects with
 * `PoisonEvent` at the first event that cannot be projected, with `AnotherLog`, when the database or the event store is away, and with the signal's reason when that aborts.
 */
export async function rebuild(options: RebuildOptions): Promise<RebuildProgress> {
  const { store, pool, schema, signal } = options;
  await migrateReadModels(pool, schema);
  const leadership = await waitForLeadership(pool, schema, { signal });
  if (!leadership) throw signal.reason;
  try {
    await followLog(leadership, store);
    return await fill(leadership, options);
  } finally {
    await leadership.release();
  }
}

/** Of the log that these read models follow. Rejects as `rebuild` does. */
export async function fill(leadership: Leadership, options: FillOptions): Promise<RebuildProgress> {
  const { store, signal, upTo, passOver, onProgress } = options;
  let events = 0;
  const projector = new Projector(leadership, {
    writeEveryMs: 0,
    unwrittenLimit: 2 * BATCH_EVENTS,
    onWritten: (written) => {
      events += written.events;
      onProgress?.({ events, position: written.position });
    },
  });
  const finished = new AbortController();
  const until = AbortSignal.any([signal, leadership.lost, projector.broken, finished.signal]);
  try {
    const batches = store.subscribe({
      after: leadership.position,
      prefixes: PROJECTED_STREAMS,
      batchSize: BATCH_EVENTS,
      signal: until,
    });
    for await (const batch of oneAhead(batches)) {
      const last = upTo === undefined ? batch.caughtUp : batch.position >= upTo;
      await projector.take(cut(batch, upTo, passOver));
      signal.throwIfAborted();
      if (!last) continue;
      await projector.finish();
      return { events, position: leadership.position };
    }
    signal.throwIfAborted();
    projector.broken.throwIfAborted();
    throw new LeadershipLost('the lock or its lease was lost');
  } catch (error) {
    if (poisonReason(error) === null) throw error;
    await projector.stop();
    await stopAtPoison(leadership, options);
    throw error;
  } finally {
    finished.abort();
    await projector.stop();
  }
}

/** What there is to project of a batch. With `upTo` it is not where the log ends: what is filled only so far is not filled. */
function cut(batch: LogBatch, upTo?: bigint, passOver?: ReadonlySet<bigint>): LogBatch {
  const events = passOver?.size
    ? batch.events.filter(({ position }) => !passOver.has(position))
    : batch.events;
  if (upTo === undefined) return { ...batch, events };
  return {
    events: events.filter(({ position }) => position <= upTo),
    position: batch.position > upTo ? upTo : batch.position,
    caughtUp: false,
  };
}

/** Goes on from what is written, event by event where it has to be. Rejects with `PoisonEvent`; resolves when now all can be projected. */
async function stopAtPoison(leadership: Leadership, options: FillOptions): Promise<void> {
  const { store, signal, upTo, passOver } = options;
  const over = new AbortController();
  leadership.memory.forget();
  const batches = store.subscribe({
    after: leadership.position,
    prefixes: PROJECTED_STREAMS,
    batchSize: BATCH_EVENTS,
    signal: AbortSignal.any([signal, leadership.lost, over.signal]),
  });
  try {
    for await (const batch of batches) {
      await projectCarefully(leadership, cut(batch, upTo, passOver), {
        onPoison: (poison) => Promise.reject(new PoisonEvent(poison)),
      });
      if (batch.caughtUp || leadership.position === upTo) return;
    }
  } finally {
    over.abort();
  }
}
