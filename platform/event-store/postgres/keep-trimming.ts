import type pg from 'pg';
import type { Logger } from 'pino';
import { jittered, pause } from '../../pause.ts';
import type { Retention } from '../retention.ts';

/** Breathing space between two steps of a backlog. */
const BETWEEN_MS = 20;

/** Places of the log that one step goes through: some milliseconds' work. */
const STEP = 5000;

export interface TrimmingOptions {
  readonly pool: pg.Pool;
  readonly retention: Retention;
  readonly trimEveryMs: number;
  readonly logger: Logger;
  readonly signal: AbortSignal;
}

/**
 * Removes from the log what its retention does not keep, until `signal` aborts. Any number of processes may do so on one log: one
 * at a time works. Never rejects: what fails is tried again the next time.
 */
export async function keepTrimming(options: TrimmingOptions): Promise<void> {
  const { pool, retention, trimEveryMs, logger, signal } = options;
  while (!signal.aborted) {
    await pause(jittered(trimEveryMs), signal);
    try {
      for (const [category, kept] of Object.entries(retention)) await trim(pool, category, kept, signal);
    } catch (error) {
      logger.warn({ err: error }, 'log not trimmed');
    }
  }
}

async function trim(pool: pg.Pool, category: string, kept: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  await pool.query(BEGIN, [category, kept]);
  while (!signal.aborted) {
    const { rows } = await pool.query<{ is_done: boolean }>(trimStatement(category, kept));
    if (rows[0]?.is_done !== false) return;
    await pause(BETWEEN_MS, signal);
  }
}

const BEGIN = 'insert into event_log.trimmed (category, kept) values ($1, $2) on conflict do nothing';

/**
 * With each event goes the one that stands as many revisions before it as are kept. Once all of the log has been gone through, each
 * stream has its last events and no others, and what has gone before is never looked for. How far that is stands in `trimmed`, for each
 * number that was ever kept: another number begins anew.
 *
 * That row is the lock: somebody else is at it, and there is nothing to do, when it is locked. Whoever has it knows how far the one before has come;
 * of the newest events some may not be seen yet, they are for the next step. Positions are seen in their order, so none appears
 * behind it.
 */
const STATEMENT = `
with mine as materialized (
  select position from event_log.trimmed where category = $1 and kept = $2 for update skip locked
), added as materialized (
  select e.stream, e.revision from mine
  join event_log.events e on e.position > mine.position and e.position <= mine.position + $3
  where e.stream ^@ ($1 || '-')
), gone as (
  delete from event_log.events e using added
  where e.stream = added.stream and e.revision = added.revision - $2
), log as materialized (
  select max(e.position) as last from event_log.events e
)
update event_log.trimmed t set position = least(mine.position + $3, log.last)
from mine, log where t.category = $1 and t.kept = $2 and mine.position < log.last
returning t.position = log.last as is_done`;

/** One step. No row: there is nothing to do. */
export const trimStatement = (category: string, kept: number): pg.QueryConfig => ({
  name: 'trim',
  text: STATEMENT,
  values: [category, kept, STEP],
});
