import type pg from 'pg';

/** Another command works on the same. For operators. */
export class SomebodyElse extends Error {
  override readonly name = 'SomebodyElse';
}

/** A server that has lost sight of us frees the lock in 8 s; of a process that was killed it hears at once. */
const KEPT_ALIVE =
  'set tcp_keepalives_idle = 5; set tcp_keepalives_interval = 1; set tcp_keepalives_count = 3; set idle_session_timeout = 0';

/** What only one command at a time works on. */
export interface Sole {
  readonly name: string;
  /** What the other one is told. */
  readonly busy: string;
}

export const VERSIONS: Sole = {
  name: 'versions of the read models',
  busy: 'somebody else is rebuilding, or changing over: see `rally projections list`',
};

/**
 * Works while no other command does on the same. Rejects with `SomebodyElse` at once when one does, and as `work` does. What
 * becomes of rows does not rest on it: whoever writes them is fenced by leading.
 */
export async function oneAtATime<Result>(
  pool: pg.Pool,
  { name, busy }: Sole,
  work: () => Promise<Result>,
): Promise<Result> {
  const client = await pool.connect();
  try {
    await client.query(KEPT_ALIVE);
    const { rows } = await client.query<{ locked: boolean }>(
      'select pg_try_advisory_lock(hashtextextended($1, 0)) as locked',
      [name],
    );
    if (!rows[0]?.locked) throw new SomebodyElse(busy);
    return await work();
  } finally {
    // The next command is let in now, not when the server has noticed that this connection has ended.
    await client.query('select pg_advisory_unlock_all()').catch(() => {});
    client.release(true);
  }
}
