import type pg from 'pg';
import type { EventStore, LogBatch } from '../platform/event-store/event-store.ts';
import { migrateReadModels } from '../read-models/migrate.ts';
import { PROJECTED_STREAMS } from '../read-models/registry.ts';
import { followLog } from './follow-log.ts';
import { LeadershipLost, waitForLeadership } from './leadership.ts';
import { oneAhead } from './one-ahead.ts';
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
  readonly onProgress?: (progress: RebuildProgress) => void;
}

export interface RebuildProgress {
  readonly events: number;
  /** Everything up to there is in the read models. */
  readonly position: bigint;
}

/**
 * Fills read models from the log as fast as it goes, and tells nobody but `onProgress`. After an interruption it can
 * be called again and goes on where it was. Waits while a projection service leads the schema. Rejects at the first
 * event that cannot be projected, with `AnotherLog`, when the database or the event store is away, and with the signal's reason when that aborts.
 */
export async function rebuild(options: RebuildOptions): Promise<RebuildProgress> {
  const { store, pool, schema, signal, upTo, onProgress } = options;
  await migrateReadModels(pool, schema);
  const leadership = await waitForLeadership(pool, schema, { signal });
  if (!leadership) throw signal.reason;
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
    await followLog(leadership, store, until);
    const batches = store.subscribe({
      after: leadership.position,
      prefixes: PROJECTED_STREAMS,
      batchSize: BATCH_EVENTS,
      signal: until,
    });
    for await (const batch of oneAhead(batches)) {
      const last = upTo === undefined ? batch.caughtUp : batch.position >= upTo;
      await projector.take(upTo === undefined ? batch : cut(batch, upTo));
      signal.throwIfAborted();
      if (!last) continue;
      await projector.finish();
      return { events, position: leadership.position };
    }
    signal.throwIfAborted();
    projector.broken.throwIfAborted();
    throw new LeadershipLost('the lock or its lease was lost');
  } finally {
    finished.abort();
    await projector.stop();
    await leadership.release();
  }
}

/** Not where the log ends: what is filled only so far is not filled. */
const cut = ({ events, position }: LogBatch, upTo: bigint): LogBatch => ({
  events: events.filter((event) => event.position <= upTo),
  position: position > upTo ? upTo : position,
  caughtUp: false,
});
