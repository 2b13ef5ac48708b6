import type pg from 'pg';
import { jittered, pause } from '../platform/pause.ts';
import { RowMemory } from './row-memory.ts';

/** The right to write one schema's read models, and the only connection on which they are written. */
export interface Leadership {
  /** Holds the lock: writing here and nowhere else, a projector cannot outlive its leadership. */
  readonly client: pg.ClientBase;
  /** The fencing token; see `checkpoints.epoch`. */
  readonly epoch: bigint;
  /** The checkpoint. */
  position: bigint;
  /** See `checkpoints.filled`. */
  filled: boolean;
  /** See `checkpoints.published`, at the time of taking over. */
  readonly published: bigint;
  /** For this leader's time only: the next one begins with the database. */
  readonly memory: RowMemory;
  /** Aborts when the connection breaks, and the lock with it. */
  readonly lost: AbortSignal;
  /** Lets the next one in. Never rejects. */
  release(): Promise<void>;
}

export class LeadershipLost extends Error {
  override readonly name = 'LeadershipLost';
}

/**
 * Waits until nobody else projects into `schema`, then takes over. A lock that comes free, by `release` or by the end
 * of the process that held it, is noticed within `pollMs` and a half. null: `signal` aborted first.
 */
export async function waitForLeadership(
  pool: pg.Pool,
  schema: string,
  options: { readonly signal: AbortSignal; readonly pollMs: number; readonly onWaiting?: () => void },
): Promise<Leadership | null> {
  const { signal, pollMs, onWaiting } = options;
  const client = await pool.connect();
  const connection = new AbortController();
  client.on('error', () => connection.abort());
  client.on('end', () => connection.abort());
  let leading = false;
  try {
    await client.query(SESSION);
    await client.query(`set search_path to ${client.escapeIdentifier(schema)}`);
    while (!signal.aborted) {
      leading = await tryLock(client, schema);
      if (leading) return await takeOver(client, connection.signal);
      onWaiting?.();
      await pause(jittered(pollMs), signal);
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
 * The log is the truth, so nothing here waits for the disk. A server that has lost sight of us frees the lock in 8 s.
 * Statements are planned once, by what is right for big tables even while they are empty.
 */
const SESSION = `
  set synchronous_commit = off;
  set tcp_keepalives_idle = 5; set tcp_keepalives_interval = 1; set tcp_keepalives_count = 3;
  set plan_cache_mode = force_generic_plan; set jit = off;
  set enable_seqscan = off; set enable_hashjoin = off; set enable_mergejoin = off;
`;

async function tryLock(client: pg.PoolClient, schema: string): Promise<boolean> {
  const { rows } = await client.query<{ locked: boolean }>(
    'select pg_try_advisory_lock(hashtextextended($1, 0)) as locked',
    [`projection into ${schema}`],
  );
  return rows[0]?.locked === true;
}

async function takeOver(client: pg.PoolClient, lost: AbortSignal): Promise<Leadership> {
  const { rows } = await client.query<Pick<Leadership, 'position' | 'epoch' | 'published' | 'filled'>>(
    'update checkpoints set epoch = epoch + 1 returning position, epoch, published, filled',
  );
  const [checkpoint] = rows;
  if (!checkpoint) throw new LeadershipLost('the read models have no checkpoint');
  return {
    client,
    ...checkpoint,
    memory: new RowMemory(),
    lost,
    async release() {
      await client.query('select pg_advisory_unlock_all()').catch(() => {});
      client.release(true);
    },
  };
}
