import pg from 'pg';
import { pause } from '../platform/pause.ts';

/**
 * A leader's lock lives as long as its connection, and a connection outlives a process that is frozen or a network that
 * swallows everything. So a leader also counts up `lease.beat` as long as it runs and reaches the database. Followers
 * watch the number change: no two clocks are ever compared.
 */

/** Beats in the time after which a silent leader is replaced: one that is late costs nothing. */
const BEATS_PER_LEASE = 6;

/** A leader gives up when no beat has arrived for so many leases: nobody may be there to replace it, so it has time. */
const LEASES_WITHOUT_BEAT = 3;

export interface LeaseOptions {
  readonly pool: pg.Pool;
  readonly schema: string;
  /** See `ProjectionLimits`. */
  readonly leaseMs: number;
  /** An operator wants nobody to project; comes with every beat for as long as that is so. */
  readonly onPaused: () => void;
}

/**
 * Beats until `signal` aborts, on another connection than batches are written on: a long statement does not hold it up.
 * Resolves early when another projector has raised the epoch, or when the database has not answered for long.
 */
export async function keepLease(
  { pool, schema, leaseMs, onPaused }: LeaseOptions,
  epoch: bigint,
  signal: AbortSignal,
): Promise<void> {
  const name = pg.escapeIdentifier(schema);
  const beat: pg.QueryConfig & { readonly query_timeout: number } = {
    text: `update ${name}.lease set beat = beat + 1 where (select epoch from ${name}.checkpoints) = $1
      returning coalesce(paused_until > now(), false) as is_paused`,
    values: [epoch],
    query_timeout: leaseMs,
  };
  let arrivedAt = performance.now();
  while (!signal.aborted) {
    try {
      const { rows } = await pool.query<{ is_paused: boolean }>(beat);
      if (!rows[0]) return;
      if (rows[0].is_paused) onPaused();
      arrivedAt = performance.now();
    } catch {
      if (performance.now() - arrivedAt > leaseMs * LEASES_WITHOUT_BEAT) return;
    }
    await pause(leaseMs / BEATS_PER_LEASE, signal);
  }
}

/** What a follower has seen of the leader's lease. */
export class LeaseWatch {
  readonly #longestStepMs: number;
  #beat: bigint | null = null;
  #lookedAt = 0;
  #silentMs = 0;

  /** A follower that looks less often than every `longestStepMs` has not watched in between: it may have been frozen itself. */
  constructor(longestStepMs: number) {
    this.#longestStepMs = longestStepMs;
  }

  /** For how long the beat has been seen not to change. `now` by a clock that never goes back, in milliseconds. */
  look(beat: bigint, now: number): number {
    this.#silentMs =
      beat === this.#beat ? this.#silentMs + Math.min(now - this.#lookedAt, this.#longestStepMs) : 0;
    this.#beat = beat;
    this.#lookedAt = now;
    return this.#silentMs;
  }
}
