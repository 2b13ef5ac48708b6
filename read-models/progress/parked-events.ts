import { Kysely, PostgresDialect, type Selectable } from 'kysely';
import type pg from 'pg';
import type { ReadTables } from '../tables.ts';
import type { ParkedEventsTable } from './tables.ts';

export type ParkedRow = Selectable<ParkedEventsTable>;

const on = (pool: pg.Pool, schema: string): Kysely<ReadTables> =>
  new Kysely<ReadTables>({ dialect: new PostgresDialect({ pool }) }).withSchema(schema);

/** In the order of the log. Rejects with the database's error, as all of these do. */
export const readParked = (pool: pg.Pool, schema: string): Promise<ParkedRow[]> =>
  on(pool, schema).selectFrom('parked_events').selectAll().orderBy('position').execute();

/** The event stays parked, and wants nobody any more. false: it is not parked. */
export async function skipParked(pool: pg.Pool, schema: string, position: bigint): Promise<boolean> {
  const skipped = await on(pool, schema)
    .updateTable('parked_events')
    .set({ skipped: true })
    .where('position', '=', position)
    .returning('position')
    .executeTakeFirst();
  return skipped !== undefined;
}

/** For read models `to` that are to be filled beside those of `from`: they do without the same events. Answers where these stand in the log. */
export async function adoptSkipped(pool: pg.Pool, from: string, to: string): Promise<ReadonlySet<bigint>> {
  const skipped = (await readParked(pool, from)).filter((parked) => parked.skipped);
  if (skipped.length > 0) {
    await on(pool, to)
      .insertInto('parked_events')
      .values(skipped)
      .onConflict((conflict) => conflict.doNothing())
      .execute();
  }
  return new Set(skipped.map(({ position }) => position));
}

/** How many want an operator. */
export async function countParked(pool: pg.Pool, schema: string): Promise<number> {
  const { parked } = await on(pool, schema)
    .selectFrom('parked_events')
    .select((eb) => eb.fn.countAll<bigint>().as('parked'))
    .where('skipped', '=', false)
    .executeTakeFirstOrThrow();
  return Number(parked);
}

/** What is parked and wants an operator, in a few words; null: nothing. */
export async function parkedTrouble(pool: pg.Pool, schema: string): Promise<string | null> {
  const parked = await on(pool, schema)
    .selectFrom('parked_events')
    .select(['position', 'type', 'reason', (eb) => eb.fn.countAll<bigint>().over().as('events')])
    .where('skipped', '=', false)
    .orderBy('position')
    .limit(1)
    .executeTakeFirst();
  if (!parked) return null;
  const { events, position, type, reason } = parked;
  const first = `${type} at position ${position}: ${reason}`;
  const many =
    events === 1n ? `1 event is parked (${first})` : `${events} events are parked (first ${first})`;
  return `${many}, see \`rally parked list\``;
}
