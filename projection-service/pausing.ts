import pg from 'pg';
import { type Leadership, waitForLeadership } from './leadership.ts';

/** For operators: nobody projects into `schema` until `resumeProjecting`. Answers since when that is so; again changes nothing. */
export async function pauseProjecting(pool: pg.Pool, schema: string): Promise<Date> {
  const { rows } = await pool.query<{ paused_at: Date }>(
    `update ${leaseOf(schema)} set paused_until = 'infinity',
       paused_at = case when paused_until = 'infinity' then paused_at else now() end
     returning paused_at`,
  );
  if (!rows[0]) throw new Error('the read models have no lease');
  return rows[0].paused_at;
}

/** false: it was not paused. */
export async function resumeProjecting(pool: pg.Pool, schema: string): Promise<boolean> {
  const { rowCount } = await pool.query(
    `update ${leaseOf(schema)} set paused_until = null, paused_at = null where paused_until > now()`,
  );
  return rowCount === 1;
}

/** For as long a killed command leaves the projecting paused; while it waits it asks for as much again and again. */
const SHORT_PAUSE_S = 10;
const ASKED_AGAIN_MS = 2000;

/**
 * Takes the leadership of `schema` from whoever has it, for a short piece of work of an operator: the leader finishes what it has
 * begun and lets go, and has its turn again with `release`, or when this process ends. Also while the projecting is paused. null:
 * `signal` aborted first. Of several that ask one comes after the other.
 */
export async function borrowLeadership(
  pool: pg.Pool,
  schema: string,
  signal: AbortSignal,
): Promise<Leadership | null> {
  const ask = () => pool.query(ASK_FOR_PAUSE(schema), [SHORT_PAUSE_S]);
  let askedAt = performance.now();
  await ask();
  const askAgain = () => {
    if (performance.now() - askedAt < ASKED_AGAIN_MS) return;
    askedAt = performance.now();
    // What fails here fails for who waits, too.
    void ask().catch(() => {});
  };
  try {
    const limits = { pollMs: 100 };
    return await waitForLeadership(pool, schema, { signal, limits, evenPaused: true, onWaiting: askAgain });
  } finally {
    // Whoever holds the lock needs no pause: nobody else leads.
    await pool.query(
      `update ${leaseOf(schema)} set paused_until = null, paused_at = null where isfinite(paused_until)`,
    );
  }
}

/** One that an operator has asked for stays as it is. */
const ASK_FOR_PAUSE = (schema: string): string =>
  `update ${leaseOf(schema)} set paused_at = case when paused_until > now() then paused_at else now() end,
     paused_until = greatest(paused_until, now() + $1::float8 * interval '1 second')`;

const leaseOf = (schema: string): string => `${pg.escapeIdentifier(schema)}.lease`;
