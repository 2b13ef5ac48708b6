import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import type { EventStore } from '../../platform/event-store/event-store.ts';
import { countParked } from '../../read-models/progress/parked-events.ts';
import { checkLag } from './event-log.ts';
import { bad, type Finding, ok, warn } from './finding.ts';

/** A leader beats several times in it. */
const BEAT_MS = 1500;

interface Checkpoint {
  readonly position: bigint;
  readonly filled: boolean;
}

/** How far the read models are, what has been set aside, and whether somebody leads. Its schema is there. */
export async function checkReadSide(
  pool: pg.Pool,
  schema: string,
  store: EventStore | null,
): Promise<Finding[]> {
  const { rows } = await pool.query<Checkpoint>(
    `select position, filled from ${pg.escapeIdentifier(schema)}.checkpoints`,
  );
  const [checkpoint] = rows;
  if (!checkpoint) return [bad('read models', `${schema} has no checkpoint`, 'rally rebuild')];
  const findings = await Promise.all([
    checkFilled(checkpoint),
    ...(store ? [checkLag(store, checkpoint.position)] : []),
    checkParked(pool, schema),
    checkLeader(pool, schema),
  ]);
  return findings;
}

const checkFilled = ({ filled, position }: Checkpoint): Finding =>
  filled
    ? ok('read models', `filled up to position ${position}`)
    : warn('read models', `being filled, at position ${position}`, 'wait: nobody is served before');

async function checkParked(pool: pg.Pool, schema: string): Promise<Finding> {
  const parked = await countParked(pool, schema);
  return parked === 0
    ? ok('parked events', 'none')
    : bad(
        'parked events',
        parked.toLocaleString('en'),
        'rally parked list; docs/operations/runbooks.md, A parked event',
      );
}

async function checkLeader(pool: pg.Pool, schema: string): Promise<Finding> {
  const look = async () => {
    const { rows } = await pool.query<{ beat: bigint; paused: boolean }>(
      `select beat, coalesce(paused_until > now(), false) as paused from ${pg.escapeIdentifier(schema)}.lease`,
    );
    return rows[0];
  };
  const before = await look();
  if (before?.paused)
    return warn('lease of the projection', 'paused by an operator', 'rally projections resume');
  await delay(BEAT_MS);
  return (await look())?.beat === before?.beat
    ? bad(
        'lease of the projection',
        'nobody holds it',
        'start a projection service, or see why it is not ready',
      )
    : ok('lease of the projection', 'held');
}

/** Its schema is there. */
export async function checkHousekeepingLease(pool: pg.Pool): Promise<Finding> {
  const { rows } = await pool.query<{ left: number }>(
    `select extract(epoch from expires_at - now())::float8 as left from leases.leases where name = 'housekeeping'`,
  );
  const left = rows[0]?.left;
  return left !== undefined && left > 0
    ? ok('lease of housekeeping', 'held')
    : bad('lease of housekeeping', 'nobody holds it', 'start housekeeping, or see why it is not ready');
}
