import pg from 'pg';
import type { Clock } from '../platform/clock.ts';
import type { EventStore } from '../platform/event-store/event-store.ts';
import { PROJECTED_STREAMS } from '../read-models/registry.ts';
import { readVersions } from '../read-models/schema-name.ts';
import { isLed } from './leadership.ts';

/** How one version of the read models stands, for operators. */
export interface VersionStanding extends Lag {
  readonly schema: string;
  readonly state: 'in use' | 'previous' | 'next';
  /** They have been at the end of the log once. */
  readonly filled: boolean;
  /** -1: nothing has been projected. */
  readonly position: bigint;
  readonly parked: number;
  /** By an operator: nobody projects into it. */
  readonly paused: boolean;
  /** Somebody projects into it at the moment. */
  readonly led: boolean;
  /** On disk. */
  readonly bytes: bigint;
}

export interface Lag {
  /** Events of the log that are not in it, at most `LAG_LIMIT`. */
  readonly lag: number;
  /** How long ago the first of them has happened, in seconds; 0: there is none. */
  readonly lagSeconds: number;
}

/** More are not counted: counting is reading. */
export const LAG_LIMIT = 100_000;

export interface StandingOptions {
  readonly pool: pg.Pool;
  readonly store: EventStore;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/** All versions there are, the one in use first. Rejects with the database's error, and when the event store is away. */
export async function versionStandings(options: StandingOptions): Promise<VersionStanding[]> {
  const { in_use, previous, next } = await readVersions(options.pool);
  const named = [
    [in_use, 'in use'],
    [next, 'next'],
    [previous, 'previous'],
  ] as const;
  const standings: VersionStanding[] = [];
  for (const [schema, state] of named) {
    const found = schema === null ? null : await readStanding(options.pool, schema);
    if (schema !== null && found)
      standings.push({ schema, state, ...found, ...(await lagAfter(found.position, options)) });
  }
  return standings;
}

/** null: it is noted, and not made yet. */
async function readStanding(pool: pg.Pool, schema: string) {
  const { rows: there } = await pool.query('select to_regclass($1) is not null as there', [
    `${pg.escapeIdentifier(schema)}.parked_events`,
  ]);
  if (!there[0]?.there) return null;
  const name = pg.escapeIdentifier(schema);
  const { rows } = await pool.query<Omit<VersionStanding, 'schema' | 'state' | 'led' | keyof Lag>>(
    `select position, filled, (select coalesce(paused_until > now(), false) from ${name}.lease) as paused,
        (select count(*)::integer from ${name}.parked_events) as parked,
       (select coalesce(sum(pg_total_relation_size(c.oid)), 0)::bigint from pg_class c
        where c.relnamespace = $1::regnamespace and c.relkind = 'r') as bytes
     from ${name}.checkpoints`,
    [name],
  );
  return rows[0] ? { ...rows[0], led: await isLed(pool, schema) } : null;
}

/** By reading what comes after that position. */
export async function lagAfter(
  after: bigint,
  { store, clock, signal }: Omit<StandingOptions, 'pool'>,
): Promise<Lag> {
  const { events, oldest } = await countAfter(after, { store, signal });
  signal.throwIfAborted();
  return { lag: Math.min(events, LAG_LIMIT), lagSeconds: ageS(oldest, clock) };
}

export interface CountedEvents {
  readonly events: number;
  /** When the first of them has happened, ISO 8601; null: there is none. */
  readonly oldest: string | null;
  /** There are no more. */
  readonly isAll: boolean;
}

/** What the log has after that position: all, or `LAG_LIMIT` or a few more, or what was read until `signal` aborted. */
export async function countAfter(
  after: bigint,
  { store, signal }: Pick<StandingOptions, 'store' | 'signal'>,
): Promise<CountedEvents> {
  const over = new AbortController();
  let [counted, oldest, isAll]: [number, string | null, boolean] = [0, null, false];
  const batches = store.subscribe({
    after,
    prefixes: PROJECTED_STREAMS,
    batchSize: 1000,
    signal: AbortSignal.any([signal, over.signal]),
  });
  try {
    for await (const { events, caughtUp } of batches) {
      oldest ??= events[0]?.event.data.date ?? null;
      counted += events.length;
      isAll = caughtUp;
      if (isAll || counted >= LAG_LIMIT) break;
    }
    return { events: counted, oldest, isAll };
  } finally {
    over.abort();
  }
}

/** In seconds; of nothing, 0. */
export const ageS = (date: string | null, clock: Clock): number =>
  date === null ? 0 : Math.max(clock().getTime() - Date.parse(date), 0) / 1000;
