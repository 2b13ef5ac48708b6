import pg from 'pg';
import { jittered, pause } from '../platform/pause.ts';
import type { ParkedRow } from '../read-models/progress/parked-events.ts';
import type { CheckpointsTable } from '../read-models/progress/tables.ts';
import type { Room } from '../read-models/room.ts';
import type { Leadership } from './leadership.ts';
import { assertSame, assertServing, NotPutInUse, type Switched } from './put-in-use.ts';

export interface SwapRooms {
  readonly pool: pg.Pool;
  /** Where the rooms have been made anew, nearly as far as those in use. */
  readonly from: string;
  /** The schema in use. */
  readonly to: string;
  readonly rooms: readonly Room[];
  /** Of the read models in `from`. */
  readonly leadership: Leadership;
  /** Fills these up to that place: the last few events. `parked`: what those in use do without at that place. */
  readonly fillUpTo: (position: bigint, parked: readonly ParkedRow[]) => Promise<unknown>;
  readonly signal: AbortSignal;
}

/** A batch takes milliseconds; whoever writes for longer is in trouble. The server calls off its own cleaning of a table within half of that. */
const WRITER_TIMEOUT_MS = 2000;

/** Readers queue behind us while we wait for those before: less than the second after which the server looks for a deadlock, so that none of them is chosen to fail. */
const READER_TIMEOUT_MS = 200;

const TRIES = 20;
const BETWEEN_TRIES_MS = 250;

/** A lock was not to be had in time, or a deadlock. */
const TRY_AGAIN = new Set(['55P03', '40P01']);

/**
 * Puts the tables of rooms in place of those in use, at exactly the same place of the log, in one transaction. Readers wait for it, and
 * find the new ones: their snapshot is taken when they have all their tables. Whoever leads is fenced off and begins its next term, as
 * what it remembers is of the old rows.
 *
 * Rejects with `NotPutInUse`, also when somebody goes on reading the tables for long, with the database's error, and as `fillUpTo` does; then nothing has changed.
 */
export async function swapRooms(swap: SwapRooms): Promise<Switched> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await swapNow(swap);
    } catch (error) {
      if (!(error instanceof pg.DatabaseError) || !TRY_AGAIN.has(error.code ?? '')) throw error;
      if (tries === TRIES)
        throw new NotPutInUse('the tables are being read or written without a pause: start again later');
    }
    await pause(jittered(BETWEEN_TRIES_MS), swap.signal);
    swap.signal.throwIfAborted();
  }
}

async function swapNow({ pool, from, to, rooms, leadership, fillUpTo }: SwapRooms): Promise<Switched> {
  const [made, inUse] = [pg.escapeIdentifier(from), pg.escapeIdentifier(to)];
  const tables = rooms.flatMap((room) => [...room.tables, ...(room.keptBy ?? [])]).map(pg.escapeIdentifier);
  const old = tables.map((table) => `${inUse}.${table}`).join(', ');
  const fresh = tables.map((table) => `${made}.${table}`).join(', ');
  const client = await pool.connect();
  let isDone = false;
  try {
    await client.query(`begin; set local lock_timeout = ${WRITER_TIMEOUT_MS}`);
    // Keeps the cleaning out, which may take minutes, and nobody else.
    await client.query(`lock table ${old}, ${fresh} in share update exclusive mode`);
    // Before the tables, as of whoever writes: a writer that had its tables and waited for the checkpoint alone would never let go of them.
    await client.query(`lock table ${inUse}.checkpoints in exclusive mode`);
    const heldSince = performance.now();
    const current = await checkpointIn(client, inUse);
    const { rows: parked } = await client.query<ParkedRow>(`select * from ${inUse}.parked_events`);
    await fillUpTo(current.position, parked);
    assertSame(leadership, current);
    await client.query(`set local lock_timeout = ${READER_TIMEOUT_MS}`);
    await client.query(`lock table ${old} in access exclusive mode`);
    await client.query(
      tables
        .map((table) => `drop table ${inUse}.${table}; alter table ${made}.${table} set schema ${inUse};`)
        .join('\n'),
    );
    await client.query(`update ${inUse}.checkpoints set epoch = epoch + 1`);
    await client.query('commit');
    isDone = true;
    return { position: current.position, heldMs: performance.now() - heldSince };
  } finally {
    // Whatever it has begun ends with its connection.
    client.release(!isDone);
  }
}

async function checkpointIn(client: pg.PoolClient, schema: string): Promise<CheckpointsTable> {
  const { rows } = await client.query<CheckpointsTable>(`select * from ${schema}.checkpoints`);
  const [checkpoint] = rows;
  if (!checkpoint) throw new Error('read models without a checkpoint');
  assertServing(checkpoint);
  return checkpoint;
}
