import { Kysely, sql, type Transaction } from 'kysely';
import type pg from 'pg';
import { preparedDialect } from '../platform/postgres/prepared-dialect.ts';
import type { CheckpointsTable } from '../read-models/progress/tables.ts';
import { READ_SCHEMA, READ_SIDE, type VersionsDatabase } from '../read-models/schema-name.ts';
import type { ReadTables } from '../read-models/tables.ts';
import type { Leadership } from './leadership.ts';

/** What was asked for cannot be done as things stand. For operators: its message says what to do. */
export class NotPutInUse extends Error {
  override readonly name = 'NotPutInUse';
}

type Tables = ReadTables & VersionsDatabase;

export interface PutInUse {
  readonly pool: pg.Pool;
  /** In use so far. */
  readonly from: string;
  /** Of read models that are filled nearly as far as those. It is over when this resolves. */
  readonly leadership: Leadership;
  readonly schema: string;
  /** Fills these up to that place: the last few events. */
  readonly fillUpTo: (position: bigint) => Promise<unknown>;
}

export interface Switched {
  readonly position: bigint;
  /** For how long no row of those in use could be written, in milliseconds. Pages were served and frames were told meanwhile. */
  readonly heldMs: number;
}

/** A batch takes milliseconds; whoever holds the checkpoint for longer is in trouble. */
const LOCK_TIMEOUT_MS = 2000;

/**
 * Puts read models in use in place of those that are, at exactly the same place of the log: behind it, readers would see a step back;
 * ahead of it, the next leader would leave pushes out. One transaction: whatever happens, one version is in use, and readers see
 * it change between two snapshots.
 *
 * The leader of those in use is fenced off: its next write fails, and its next term begins with these. Receivers that have heard
 * of that term drop what the earlier one may still publish, as its epoch is lower.
 *
 * Rejects with `NotPutInUse`, with the database's error, and as `fillUpTo` does; then nothing has changed. Where the connection was lost at the very end,
 * the table of versions tells.
 */
export async function putInUse({ pool, from, leadership, schema, fillUpTo }: PutInUse): Promise<Switched> {
  const db = new Kysely<Tables>({ dialect: preparedDialect(pool) });
  let switched: Switched | undefined;
  await db.transaction().execute(async (transaction) => {
    await sql`set local lock_timeout = ${sql.lit(LOCK_TIMEOUT_MS)}`.execute(transaction);
    const [ours, theirs] = [transaction.withSchema(schema), transaction.withSchema(from)];
    const current = await theirs.selectFrom('checkpoints').selectAll().forUpdate().executeTakeFirstOrThrow();
    const heldSince = performance.now();
    assertServing(current);
    await fillUpTo(current.position);
    assertSame(leadership, current);
    const { numUpdatedRows } = await ours
      .updateTable('checkpoints')
      .set({
        epoch: sql<bigint>`greatest(epoch, ${current.epoch}::bigint) + 1`,
        filled: true,
        superseded: false,
      })
      .where('epoch', '=', leadership.epoch)
      .executeTakeFirst();
    if (numUpdatedRows !== 1n) throw new NotPutInUse('somebody else has taken over: start again');
    await theirs
      .updateTable('checkpoints')
      .set({ epoch: current.epoch + 1n, superseded: true })
      .execute();
    const { paused_until, paused_at } = await theirs
      .selectFrom('lease')
      .select(['paused_until', 'paused_at'])
      .executeTakeFirstOrThrow();
    await ours.updateTable('lease').set({ paused_until, paused_at }).execute();
    await noteInUse(transaction, from, schema);
    // Whoever serves leads from the commit on, and need not wait for us.
    await leadership.release();
    switched = { position: current.position, heldMs: performance.now() - heldSince };
  });
  if (!switched) throw new Error('not switched');
  return switched;
}

/** That what was in use still is, and can be followed. Throws `NotPutInUse`. */
export function assertServing({ superseded, filled }: Pick<CheckpointsTable, 'superseded' | 'filled'>): void {
  if (superseded) throw othersInUse();
  if (!filled) throw new NotPutInUse('what is in use is still being filled: wait for it');
}

const othersInUse = () =>
  new NotPutInUse('other read models have come into use meanwhile: see `rally projections list`');

/** Last of all, what is cheap to compare: how far both are, and in which log. Throws `NotPutInUse`. */
export function assertSame(
  { position, log }: Pick<Leadership, 'position' | 'log'>,
  current: { readonly position: bigint; readonly log: string | null },
): void {
  if (position !== current.position)
    throw new NotPutInUse(
      `it is at position ${position}, what is in use at ${current.position}: start again`,
    );
  if (log !== current.log)
    throw new NotPutInUse(
      'the identity of its log is another one than what is in use knows: start the projection services (or Rally) anew, which take note of it, then do this again',
    );
}

async function noteInUse(transaction: Transaction<Tables>, from: string, schema: string): Promise<void> {
  const { numUpdatedRows } = await transaction
    .withSchema(READ_SIDE)
    .updateTable('versions')
    .set((eb) => ({
      in_use: schema,
      previous: from,
      next: eb.fn<string | null>('nullif', ['next', eb.val(schema)]),
    }))
    .where('shape', '=', READ_SCHEMA)
    .where('in_use', '=', from)
    .executeTakeFirst();
  if (numUpdatedRows !== 1n) throw othersInUse();
}
