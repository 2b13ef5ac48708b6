import pLimit from 'p-limit';
import type pg from 'pg';
import { jittered, pause } from '../platform/pause.ts';
import type { CheckpointsTable } from '../read-models/progress/tables.ts';
import type { Database, Room } from '../read-models/room.ts';
import { DEFAULT_LIMITS, type ProjectionLimits } from './configuration.ts';
import type { Landmarks, ProjectedEvent } from './landmarks.ts';
import { keepLease, type LeaseOptions, LeaseWatch } from './lease.ts';
import { OpenRooms } from './open-rooms.ts';

/** The right to write one schema's read models, and the only connection on which they are written. */
export interface Leadership {
  /** Holds the lock: writing here and nowhere else, a projector cannot outlive its leadership. Queries run one after the other. */
  readonly client: Database;
  /** The fencing token; see `checkpoints.epoch`. */
  readonly epoch: bigint;
  /** The checkpoint. */
  position: bigint;
  /** See `checkpoints.filled`. */
  filled: boolean;
  /** Users have been told of everything up to there, now or in an earlier leader's time; never before the checkpoint. */
  published: bigint;
  /** See `checkpoints.superseded`. */
  readonly superseded: boolean;
  /** See `checkpoints.log`; empty: none, see `followLog`. */
  log: string;
  landmarks: Landmarks;
  /** For this leader's time only: the next one begins with the database. */
  readonly memory: OpenRooms;
  /** Aborts when the connection breaks, and the lock with it; or when the lease cannot be kept. */
  readonly lost: AbortSignal;
  /** Aborts when an operator wants nobody to project: whoever leads for the service finishes what it has begun, and lets go. */
  readonly paused: AbortSignal;
  /** Lets the next one in. Never rejects. */
  release(): Promise<void>;
}

export class LeadershipLost extends Error {
  override readonly name = 'LeadershipLost';
}

/** What operators have asked for: nobody projects. */
export interface Pause {
  readonly since: Date;
  /** It ends by itself in a moment: a command needs the leadership for a short piece of work. */
  readonly isShort: boolean;
}

export interface WaitOptions {
  readonly signal: AbortSignal;
  /** Takes over although the projecting is paused: on behalf of the operator who wants it so. */
  readonly evenPaused?: boolean;
  /** Projects into these alone, with all that they need; without it into all. */
  readonly rooms?: readonly Room[];
  readonly limits?: Partial<Pick<ProjectionLimits, 'pollMs' | 'leaseMs'>>;
  /** Somebody else leads, and has been silent for so long. */
  readonly onWaiting?: (silentMs: number) => void;
  /** Somebody else has led, was silent for too long, and is put out. */
  readonly onLapsed?: (silentMs: number) => void;
  /** Nobody is to lead at the moment. */
  readonly onPaused?: (pause: Pause) => void;
}

/**
 * Waits until nobody else projects into `schema`, then takes over. A lock that comes free, by `release` or by the end
 * of the process that held it, is noticed within `pollMs` and a half. A holder whose lease does not move for `leaseMs`
 * loses it: the server ends its connection. While the projecting is paused nobody takes over. null: `signal` aborted first.
 *
 * One that was frozen and wakes up does no harm: it can write nothing (its connection has ended, and its epoch has
 * passed); and what it may still publish names its epoch, which receivers know to be over.
 */
export async function waitForLeadership(
  pool: pg.Pool,
  schema: string,
  { signal, rooms, limits, evenPaused = false, onWaiting, onLapsed, onPaused }: WaitOptions,
): Promise<Leadership | null> {
  const { pollMs, leaseMs } = { ...DEFAULT_LIMITS, ...limits };
  const client = await pool.connect();
  const connection = new AbortController();
  client.on('error', () => connection.abort());
  client.on('end', () => connection.abort());
  const watch = new LeaseWatch(2 * pollMs);
  let leading = false;
  try {
    await client.query(SESSION);
    await client.query(`set search_path to ${client.escapeIdentifier(schema)}`);
    while (!signal.aborted) {
      const { locked, beat, paused_at, is_short } = await tryLock(client, schema, evenPaused);
      leading = locked;
      if (leading) return await takeOver(client, connection, { pool, schema, leaseMs }, rooms);
      if (paused_at && !evenPaused) {
        onPaused?.({ since: paused_at, isShort: is_short });
        await pause(jittered(pollMs), signal);
        continue;
      }
      const silentMs = watch.look(beat, performance.now());
      onWaiting?.(silentMs);
      if (silentMs >= leaseMs && (await putOut(client, schema, beat))) onLapsed?.(silentMs);
      else await pause(jittered(pollMs), signal);
    }
    return null;
  } catch (error) {
    leading = false;
    throw error;
  } finally {
    if (!leading) client.release(true);
  }
}

/**
 * A server that has lost sight of us frees the lock in 8 s.
 * Statements are planned once, by what is right for big tables even while they are empty.
 */
const SESSION = `
  set tcp_keepalives_idle = 5; set tcp_keepalives_interval = 1; set tcp_keepalives_count = 3;
  set plan_cache_mode = force_generic_plan; set jit = off;
  set enable_seqscan = off; set enable_hashjoin = off; set enable_mergejoin = off;
`;

const LOCK = `hashtextextended('projection into ' || $1, 0)`;

/** How long to wait for the server to end a connection, before the lock is tried again. */
const ENDING_MS = 200;

interface TriedLock {
  readonly locked: boolean;
  readonly beat: bigint;
  /** null: the projecting is not paused. */
  readonly paused_at: Date | null;
  readonly is_short: boolean;
}

async function tryLock(client: pg.PoolClient, schema: string, evenPaused: boolean): Promise<TriedLock> {
  const { rows } = await client.query<TriedLock>(
    `select case when paused_until > now() and not $2 then false else pg_try_advisory_lock(${LOCK}) end as locked,
       beat, case when paused_until > now() then paused_at end as paused_at, isfinite(paused_until) as is_short
     from lease`,
    [schema, evenPaused],
  );
  const [answer] = rows;
  if (!answer) throw new LeadershipLost('the read models have no lease');
  return answer;
}

/** Ends the connection that holds the lock, unless its lease has moved beyond `beat` meanwhile. false: nobody holds it. */
async function putOut(client: pg.PoolClient, schema: string, beat: bigint): Promise<boolean> {
  const { rowCount } = await client.query(
    `select pg_terminate_backend(l.pid, ${ENDING_MS}) from pg_locks l, lease where ${HOLDS_LOCK} and lease.beat = $2`,
    [schema, beat],
  );
  return rowCount === 1;
}

const HOLDS_LOCK = `l.locktype = 'advisory' and l.granted and l.objsubid = 1
  and l.database = (select oid from pg_database where datname = current_database())
  and l.classid::bigint = (${LOCK} >> 32) & 4294967295 and l.objid::bigint = ${LOCK} & 4294967295`;

/** Whether somebody leads the projecting into `schema`, or has not let go yet. Rejects with the database's error. */
export async function isLed(pool: pg.Pool, schema: string): Promise<boolean> {
  const { rows } = await pool.query(`select from pg_locks l where ${HOLDS_LOCK}`, [schema]);
  return rows.length > 0;
}

async function takeOver(
  client: pg.PoolClient,
  connection: AbortController,
  lease: Omit<LeaseOptions, 'onPaused'>,
  rooms?: readonly Room[],
): Promise<Leadership> {
  const { rows } = await client.query<CheckpointsTable>(
    `with moved as (update lease set beat = beat + 1)
     update checkpoints set epoch = greatest(epoch + 1, extract(epoch from now())::bigint) returning *`,
  );
  // An epoch is never given out twice, whatever the database forgets when it crashes, or when it is restored: hence the time. All else follows from the log: it waits for no disk.
  await client.query('set synchronous_commit = off');
  const [checkpoint] = rows;
  if (!checkpoint) throw new LeadershipLost('the read models have no checkpoint');
  const { epoch, position, filled, superseded, log } = checkpoint;
  let released = false;
  const disconnect = () => {
    if (!released) client.release(true);
    released = true;
  };
  const over = new AbortController();
  const paused = new AbortController();
  const beating = { ...lease, onPaused: () => paused.abort() };
  const kept = keepLease(beating, epoch, AbortSignal.any([over.signal, connection.signal])).then(() => {
    if (over.signal.aborted) return;
    connection.abort();
    // Whatever waits for an answer on it stops waiting.
    disconnect();
  });
  const inTurn = pLimit(1);
  return {
    client: { query: (query) => inTurn(() => client.query(query)) },
    epoch,
    position,
    published: position,
    filled,
    superseded,
    log: log ?? '',
    landmarks: {
      last: projectedEvent(checkpoint.last_event_position, checkpoint.last_event_id),
      lasting: projectedEvent(checkpoint.lasting_event_position, checkpoint.lasting_event_id),
    },
    memory: new OpenRooms(rooms),
    lost: connection.signal,
    paused: paused.signal,
    async release() {
      over.abort();
      await kept;
      if (!released) await client.query('select pg_advisory_unlock_all()').catch(() => {});
      disconnect();
    },
  };
}

const projectedEvent = (position: bigint | null, id: string | null): ProjectedEvent | null =>
  position === null || id === null ? null : { position, id };
