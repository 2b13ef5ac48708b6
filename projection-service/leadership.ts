import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';

/** The right to write one schema's read models, and the only connection on which they are written. */
export interface Leadership {
  /** Holds the lock: writing here and nowhere else, a projector cannot outlive its leadership. */
  readonly client: pg.ClientBase;
  /** The fencing token; see `checkpoints.epoch`. */
  readonly epoch: bigint;
  /** The checkpoint. */
  position: bigint;
  /** See `checkpoints.published`, at the time of taking over. */
  readonly published: bigint;
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
      await pause(pollMs * (0.5 + Math.random()), signal);
    }
    return null;
  } catch (error) {
    leading = false;
    throw error;
  } finally {
    if (!leading) client.release(true);
  }
}

/** The log is the truth, so nothing here waits for the disk. A server that lost sight of us frees the lock in 8 s. */
const SESSION = `
  set synchronous_commit = off;
  set tcp_keepalives_idle = 5; set tcp_keepalives_interval = 1; set tcp_keepalives_count = 3;
`;

async function tryLock(client: pg.PoolClient, schema: string): Promise<boolean> {
  const { rows } = await client.query<{ locked: boolean }>(
    'select pg_try_advisory_lock(hashtextextended($1, 0)) as locked',
    [`projection into ${schema}`],
  );
  return rows[0]?.locked === true;
}

async function takeOver(client: pg.PoolClient, lost: AbortSignal): Promise<Leadership> {
  const { rows } = await client.query<Pick<Leadership, 'position' | 'epoch' | 'published'>>(
    'update checkpoints set epoch = epoch + 1 returning position, epoch, published',
  );
  const [checkpoint] = rows;
  if (!checkpoint) throw new LeadershipLost('the read models have no checkpoint');
  return {
    client,
    ...checkpoint,
    lost,
    async release() {
      await client.query('select pg_advisory_unlock_all()').catch(() => {});
      client.release(true);
    },
  };
}

const pause = (ms: number, signal: AbortSignal): Promise<void> =>
  sleep(ms, undefined, { signal }).catch(() => {});
