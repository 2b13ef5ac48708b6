import type pg from 'pg';
import type { EventStore } from '../../platform/event-store/event-store.ts';
import { tableDigest } from '../../projection-service/digest.ts';
import { oneAtATime, type Sole } from '../../projection-service/one-at-a-time.ts';
import type { RebuildProgress } from '../../projection-service/rebuild.ts';
import { type ParkedRow, readParked } from '../../read-models/progress/parked-events.ts';
import type { CheckpointsTable } from '../../read-models/progress/tables.ts';
import { ROOMS } from '../../read-models/registry.ts';
import type { Room } from '../../read-models/room.ts';
import { CommandFailed } from '../exit-codes.ts';
import { compareRows, type Side } from './compare-rows.ts';
import { type ExplainedDifference, explainRows } from './explain-rows.ts';
import { SCRATCH, Scratch } from './scratch.ts';

export interface VerifyOptions {
  readonly store: EventStore;
  readonly pool: pg.Pool;
  /** Of the read models in use. */
  readonly schema: string;
  /** Their tables are compared. */
  readonly rooms: readonly Room[];
  /** How many differing rows are looked into, of all tables together. */
  readonly rows: number;
  readonly signal: AbortSignal;
  /** `total`: the events that there may be. */
  readonly onProgress: (events: number, total: number) => void;
}

export interface VerifiedTable {
  readonly table: string;
  readonly rows: bigint;
  readonly isEqual: boolean;
  readonly ms: number;
}

export interface Verification {
  /** Both sides are as the log has it up to there. */
  readonly position: bigint;
  readonly events: number;
  readonly tables: readonly VerifiedTable[];
  /** Left out on both sides. */
  readonly parked: readonly ParkedRow[];
  readonly differences: readonly ExplainedDifference[];
}

/**
 * Fills read models beside those in use and compares them table by table, both at the same place in the log: the live ones as one
 * snapshot has them, while they go on. What it has made is dropped in the end, or by the next run. Rejects with `SomebodyElse` when
 * somebody else verifies, with `CommandFailed` when the read models are being filled; else as `rebuild` does.
 */
export const verifyReadModels = (options: VerifyOptions): Promise<Verification> =>
  oneAtATime(options.pool, VERIFYING, () => verifyAlone(options));

const VERIFYING: Sole = { name: 'rally verify', busy: 'somebody else is verifying' };

async function verifyAlone(options: VerifyOptions): Promise<Verification> {
  const { store, pool, signal, onProgress } = options;
  const live = await pool.connect();
  let end = -1n;
  const tell = ({ events, position }: RebuildProgress) =>
    onProgress(events, Math.round((events * Number(end + 1n)) / Math.max(Number(position + 1n), 1)));
  const scratch = new Scratch({ store, pool, signal, onProgress: tell });
  try {
    await scratch.create();
    const before = await readParked(pool, options.schema);
    end = (await checkpointIn(pool, options.schema)).position;
    await scratch.fill(end, positionsOf(before));
    await beginSnapshot(live, options.schema);
    const { position } = await checkpointIn(live, options.schema);
    const parked = await parkedIn(live);
    const passOver = positionsOf(parked);
    if (before.some((row) => !passOver.has(row.position)))
      throw new CommandFailed('parked events were retried meanwhile: start again');
    end = position;
    await scratch.fill(end, passOver);
    const { tables, differences } = await compare(live, options, parked);
    await live.query('commit');
    const explained =
      differences.length > 0 ? await explainRows(differences, scratch, { store, upTo: end, passOver }) : [];
    return { position, events: scratch.events, tables, parked, differences: explained };
  } finally {
    await scratch.drop().catch(() => {});
    // Its end is the end of the snapshot.
    live.release(true);
  }
}

async function beginSnapshot(side: Side, schema: string): Promise<void> {
  await side.query("begin isolation level repeatable read read only; set local time zone 'UTC'");
  await side.query(`set local search_path to ${side.escapeIdentifier(schema)}`);
  // Before the snapshot is taken: tables that come in their place later would be empty in it.
  await side.query(`lock table ${ROOMS.flatMap(({ tables }) => tables).join(', ')} in access share mode`);
}

type Checkpoint = Pick<CheckpointsTable, 'position' | 'filled'>;

async function checkpointIn(side: Side | pg.Pool, schema: string): Promise<Checkpoint> {
  const { rows } = await side.query<Checkpoint>(`select position, filled from "${schema}".checkpoints`);
  if (!rows[0]?.filled) throw new CommandFailed('the read models are being filled: verify them after that');
  return rows[0];
}

async function parkedIn(live: Side): Promise<ParkedRow[]> {
  const { rows } = await live.query<ParkedRow>('select * from parked_events order by position');
  return rows;
}

const positionsOf = (parked: readonly ParkedRow[]): ReadonlySet<bigint> =>
  new Set(parked.map(({ position }) => position));

async function compare(live: Side, options: VerifyOptions, parked: readonly ParkedRow[]) {
  const { pool, schema, rooms, signal } = options;
  // What is trimmed in time is trimmed on both sides.
  await pool.query(
    `update ${SCRATCH}.feed_floor set position = (select position from "${schema}".feed_floor)`,
  );
  const log = await pool.connect();
  try {
    await beginSnapshot(log, SCRATCH);
    const tables: VerifiedTable[] = [];
    const differences: Awaited<ReturnType<typeof compareRows>> = [];
    for (const room of rooms) {
      for (const table of room.tables) {
        signal.throwIfAborted();
        const startedAt = performance.now();
        const kept = keptOf(room.kept?.[table], table, parked);
        const [inUse, fromLog] = await Promise.all([
          tableDigest(live, table, kept),
          tableDigest(log, table, kept),
        ]);
        const isEqual = inUse.rows === fromLog.rows && inUse.checksum === fromLog.checksum;
        const limit = options.rows - differences.length;
        if (!isEqual && limit > 0)
          differences.push(...(await compareRows(table, { live, log }, { kept, limit })));
        tables.push({ table, rows: inUse.rows, isEqual, ms: Math.round(performance.now() - startedAt) });
      }
    }
    return { tables, differences };
  } finally {
    log.release(true);
  }
}

/** Users may have been told of an event before it was parked: its frames are kept, and follow from no row. */
function keptOf(kept: string | undefined, table: string, parked: readonly ParkedRow[]): string | undefined {
  if (table !== 'feed' || parked.length === 0) return kept;
  const positions = parked.map(({ position }) => position).join();
  return `(${kept ?? 'true'}) and position <> all('{${positions}}'::bigint[])`;
}
