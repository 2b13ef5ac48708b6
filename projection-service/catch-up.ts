import type pg from 'pg';
import type { EventStore } from '../platform/event-store/event-store.ts';
import { readFilling } from '../read-models/snapshot.ts';
import { makeIndexes } from './later-indexes.ts';
import type { Leadership } from './leadership.ts';
import { fill } from './rebuild.ts';

export interface VersionOptions {
  readonly store: EventStore;
  /** Of the read models' database; stays the caller's. */
  readonly pool: pg.Pool;
  /** Whatever is under way can be started again, and goes on where it was. */
  readonly signal: AbortSignal;
  readonly onProgress?: (progress: VersionProgress) => void;
}

export interface VersionProgress {
  readonly events: number;
  readonly position: bigint;
  /** Where those in use are. */
  readonly goal: bigint;
}

/** When fewer events than that have come while it caught up, the rest is done within the switch. */
const FEW = 500;

export interface CatchUpOptions extends VersionOptions {
  readonly passOver: ReadonlySet<bigint>;
  /** Those that are filled. */
  readonly schema: string;
  /** Those in use. */
  readonly from: string;
  /** Which ones need their indexes; all without it. */
  readonly tables?: readonly string[];
}

/**
 * Up to about where those in use are, and never beyond, with the indexes that those have. Answers how many events that were. Rejects as
 * `fill` does, and with the database's error.
 */
export async function catchUp(leadership: Leadership, options: CatchUpOptions): Promise<number> {
  const { pool, signal, schema, from, tables } = options;
  const events = await follow(leadership, options);
  await makeIndexes(pool, schema, from, AbortSignal.any([signal, leadership.lost]), tables);
  return events + (await follow(leadership, options));
}

async function follow(leadership: Leadership, options: CatchUpOptions): Promise<number> {
  const { pool, store, signal, passOver, onProgress, from } = options;
  for (let all = 0; ; ) {
    const goal = (await readFilling(pool, from))?.position ?? -1n;
    if (goal <= leadership.position) return all;
    const { events } = await fill(leadership, {
      store,
      signal,
      passOver,
      upTo: goal,
      onProgress: ({ events, position }) => onProgress?.({ events: all + events, position, goal }),
    });
    all += events;
    if (events < FEW) return all;
  }
}
