import pg from 'pg';
import { migrateReadModels } from '../read-models/migrate.ts';
import { type ParkedRow, readParked } from '../read-models/progress/parked-events.ts';
import { withNeeded } from '../read-models/registry.ts';
import type { Room } from '../read-models/room.ts';
import { readVersions } from '../read-models/schema-name.ts';
import { catchUp, type VersionOptions } from './catch-up.ts';
import { followLog } from './follow-log.ts';
import { dropLaterIndexes } from './later-indexes.ts';
import { waitForLeadership } from './leadership.ts';
import { oneAtATime, VERSIONS } from './one-at-a-time.ts';
import { NotPutInUse, type Switched } from './put-in-use.ts';
import { fill } from './rebuild.ts';
import { swapRooms } from './swap-rooms.ts';

/** Where rooms are filled before they are put in place: no version has such a name. */
const SCRATCH = 'rebuilt_rooms';

/** Of one that was killed the server hears at once. */
const LOOK_EVERY_MS = 100;

export interface RebuiltRooms extends Switched {
  /** The version that has got them. */
  readonly schema: string;
  /** That were gone over. */
  readonly events: number;
}

/**
 * Makes some rooms of the read models in use anew from the log, while they go on serving, and puts their tables in place of those
 * that are there: all of them at one place of the log, or none. Other rooms stay as they are, also those that these build on. Tells no user anything.
 *
 * What an interruption leaves is dropped by the next one. Rejects with `SomebodyElse`, with `NotPutInUse`, and as `rebuild` does.
 */
export async function rebuildRooms(rooms: readonly Room[], options: VersionOptions): Promise<RebuiltRooms> {
  const { pool } = options;
  return oneAtATime(pool, VERSIONS, async () => {
    await dropScratch(pool);
    try {
      return await rebuildIn(SCRATCH, rooms, options);
    } finally {
      await dropScratch(pool).catch(() => {});
    }
  });
}

async function rebuildIn(
  schema: string,
  rooms: readonly Room[],
  options: VersionOptions,
): Promise<RebuiltRooms> {
  const { pool, store, signal } = options;
  const { in_use: from } = await readVersions(pool);
  const folded = withNeeded(rooms);
  await migrateReadModels(pool, from);
  const passOver = skippedOf(await readParked(pool, from), folded);
  await migrateReadModels(pool, schema);
  await dropLaterIndexes(pool, schema);
  const leadership = await waitForLeadership(pool, schema, {
    signal,
    rooms: folded,
    limits: { pollMs: LOOK_EVERY_MS },
  });
  if (!leadership) throw signal.reason;
  try {
    await followLog(leadership, store);
    const tables = rooms.flatMap((room) => room.tables);
    let events = await catchUp(leadership, { ...options, passOver, schema, from, tables });
    const switched = await swapRooms({
      pool,
      from: schema,
      to: from,
      rooms,
      leadership,
      signal,
      async fillUpTo(upTo, parked) {
        assertSameSkipped(skippedOf(parked, folded), passOver);
        if (upTo > leadership.position)
          events += (await fill(leadership, { store, signal, passOver, upTo })).events;
      },
    });
    return { ...switched, schema: from, events };
  } finally {
    await leadership.release();
  }
}

/**
 * What is parked and not settled would be in these rooms and in no other, and twice in these once it is projected late. Throws
 * `NotPutInUse`. Answers where the skipped ones stand: no room has them.
 */
function skippedOf(parked: readonly ParkedRow[], folded: readonly Room[]): ReadonlySet<bigint> {
  const concerned = new Set<string>(folded.flatMap((room) => room.projects));
  const open = parked.find(({ type, skipped }) => !skipped && concerned.has(type));
  if (open)
    throw new NotPutInUse(
      `the event at position ${open.position} is parked (${open.type}): \`rally parked retry\` or \`rally parked skip\` it first`,
    );
  return new Set(parked.filter(({ skipped }) => skipped).map(({ position }) => position));
}

function assertSameSkipped(now: ReadonlySet<bigint>, before: ReadonlySet<bigint>): void {
  if (now.size !== before.size || [...now].some((position) => !before.has(position)))
    throw new NotPutInUse('parked events were skipped or retried meanwhile: start again');
}

const dropScratch = (pool: pg.Pool) =>
  pool.query(`drop schema if exists ${pg.escapeIdentifier(SCRATCH)} cascade`);
