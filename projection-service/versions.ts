import { sql } from 'kysely';
import pg from 'pg';
import { migrateReadModels } from '../read-models/migrate.ts';
import { adoptSkipped } from '../read-models/progress/parked-events.ts';
import { READ_SCHEMA, readVersions, versionsOn } from '../read-models/schema-name.ts';
import { catchUp, type VersionOptions } from './catch-up.ts';
import { followLog } from './follow-log.ts';
import { dropLaterIndexes } from './later-indexes.ts';
import { waitForLeadership } from './leadership.ts';
import { oneAtATime, VERSIONS } from './one-at-a-time.ts';
import { NotPutInUse, putInUse, type Switched } from './put-in-use.ts';
import { fill } from './rebuild.ts';

export interface Version {
  readonly schema: string;
  /** That were projected this time. */
  readonly events: number;
  /** null: it is not put in use yet. */
  readonly switched: Switched | null;
}

/** What a command was about that was killed may have to end first. */
const LOOK_EVERY_MS = 100;

/**
 * Fills the next version of the read models from the log while those in use go on serving, up to where these are, and puts it in
 * use, unless `leaveReady`. Tells no user anything. What was in use stays as the previous version; what was before that is dropped.
 *
 * After an interruption of whatever kind it goes on where it was; `anew`: from the beginning. Rejects with `SomebodyElse`, with
 * `NotPutInUse`, and as `rebuild` does.
 */
export async function rebuildVersion(
  options: VersionOptions & { readonly leaveReady?: boolean; readonly anew?: boolean },
): Promise<Version> {
  const { pool, leaveReady = false, anew = false } = options;
  return oneAtATime(pool, VERSIONS, async () => {
    if (anew) await forgetNext(pool);
    await dropForgotten(pool);
    return bringUp(await noteNext(pool), options, !leaveReady);
  });
}

/** As the end of `rebuildVersion`, of a version that was left ready. */
export async function switchVersion(options: VersionOptions): Promise<Version> {
  return oneAtATime(options.pool, VERSIONS, async () => {
    const { next } = await readVersions(options.pool);
    if (!next) throw new NotPutInUse('there is no version to switch to: `rally rebuild` makes one');
    return bringUp(next, options, true);
  });
}

/** Brings the previous version up to where those in use are, and puts it in use again. */
export async function rollBack(options: VersionOptions): Promise<Version> {
  return oneAtATime(options.pool, VERSIONS, async () => {
    const { previous } = await readVersions(options.pool);
    if (!previous) throw new NotPutInUse('there is no previous version to go back to');
    return bringUp(previous, options, true);
  });
}

async function bringUp(schema: string, options: VersionOptions, isToBeUsed: boolean): Promise<Version> {
  const { pool, store, signal } = options;
  const { in_use: from } = await readVersions(pool);
  await migrateReadModels(pool, from);
  await migrateReadModels(pool, schema);
  const leadership = await waitForLeadership(pool, schema, {
    signal,
    evenPaused: true,
    limits: { pollMs: LOOK_EVERY_MS },
  });
  if (!leadership) throw signal.reason;
  let events = 0;
  let switched: Switched | null = null;
  try {
    if (leadership.position < 0n) await dropLaterIndexes(pool, schema);
    await followLog(leadership, store);
    const passOver = await adoptSkipped(pool, from, schema);
    events += await catchUp(leadership, { ...options, passOver, schema, from });
    const fillUpTo = async (upTo: bigint) => {
      if (upTo > leadership.position)
        events += (await fill(leadership, { store, signal, passOver, upTo })).events;
    };
    if (isToBeUsed) switched = await putInUse({ pool, from, leadership, schema, fillUpTo });
  } finally {
    await leadership.release();
  }
  if (switched) await dropForgotten(pool);
  return { schema, events, switched };
}

/** Noted before it is made: what is made is always known. */
async function noteNext(pool: pg.Pool): Promise<string> {
  await readVersions(pool);
  const { next } = await versionsOn(pool)
    .updateTable('versions')
    .set({
      next: sql<string>`coalesce(next, shape || '_' || (made + 1))`,
      made: sql<number>`made + (next is null)::integer`,
    })
    .where('shape', '=', READ_SCHEMA)
    .returning('next')
    .executeTakeFirstOrThrow();
  if (next === null) throw new Error('no next version');
  return next;
}

async function forgetNext(pool: pg.Pool): Promise<void> {
  await readVersions(pool);
  await versionsOn(pool)
    .updateTable('versions')
    .set({ next: null })
    .where('shape', '=', READ_SCHEMA)
    .execute();
}

/** Versions of this shape that nothing names any more. */
async function dropForgotten(pool: pg.Pool): Promise<void> {
  const { in_use, previous, next } = await readVersions(pool);
  const { rows } = await pool.query<{ name: string }>(
    `select nspname as name from pg_namespace where nspname ~ ('^' || $1 || '(_\\d+)?$') and nspname <> all($2)`,
    [READ_SCHEMA, [in_use, previous, next].filter((name) => name !== null)],
  );
  for (const { name } of rows) await pool.query(`drop schema if exists ${pg.escapeIdentifier(name)} cascade`);
}
