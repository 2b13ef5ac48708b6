import { Kysely, type Migration, sql } from 'kysely';
import type pg from 'pg';
import { migrateSchema } from './migrate-schema.ts';
import { preparedDialect } from './prepared-dialect.ts';

const SCHEMA = 'leases';

/** Who may do what only one should: until `expires_at`, by the database's clock, so that no two clocks are ever compared. */
interface LeaseRow {
  name: string;
  /** Of one process, from its start to its end. */
  holder: string;
  expires_at: Date;
}

interface LeasesDatabase {
  leases: LeaseRow;
}

export interface LeaseOptions {
  /** Stays the caller's. */
  readonly pool: pg.Pool;
  /** What is leased. */
  readonly name: string;
  /** Unlike that of any other process, now or earlier. */
  readonly holder: string;
  /** A holder that has not renewed it for so long, in milliseconds, has lost it to whoever claims it next. */
  readonly lapseMs: number;
}

/**
 * A right that one of several holds at a time: for as long as it renews it, and at most `lapseMs` longer. A holder that was
 * frozen may still act as one until it claims again, so what is done under a lease must do no harm when two do it.
 *
 * Both reject with the database's error.
 */
export interface Lease {
  /** Takes it when it is free, or prolongs it. false: another one holds it. */
  claim(): Promise<boolean>;
  /** For the next one to claim at once. Of another holder's lease, nothing happens. */
  release(): Promise<void>;
}

export function createLease({ pool, name, holder, lapseMs }: LeaseOptions): Lease {
  const db = leasesOn(pool);
  const expiresAt = sql<Date>`now() + ${lapseMs}::float8 * interval '1 millisecond'`;
  return {
    async claim() {
      const claimed = await db
        .insertInto('leases')
        .values({ name, holder, expires_at: expiresAt })
        .onConflict((conflict) =>
          conflict
            .column('name')
            .doUpdateSet({ holder, expires_at: expiresAt })
            .where(({ or, eb }) =>
              or([eb('leases.holder', '=', holder), eb('leases.expires_at', '<=', sql<Date>`now()`)]),
            ),
        )
        .returning('name')
        .executeTakeFirst();
      return claimed !== undefined;
    },
    async release() {
      await db.deleteFrom('leases').where('name', '=', name).where('holder', '=', holder).execute();
    },
  };
}

/** Makes their table when it is not there, as `migrateSchema` does. */
export const migrateLeases = (pool: pg.Pool): Promise<void> =>
  migrateSchema(leasesOn(pool), { schema: SCHEMA, migrations });

const leasesOn = (pool: pg.Pool): Kysely<LeasesDatabase> =>
  new Kysely<LeasesDatabase>({ dialect: preparedDialect(pool) }).withSchema(SCHEMA);

const migrations: Record<string, Migration> = {
  '0001-leases': {
    async up(db) {
      await db.schema
        .withSchema(SCHEMA)
        .createTable('leases')
        .addColumn('name', 'text', (column) => column.primaryKey())
        .addColumn('holder', 'text', (column) => column.notNull())
        .addColumn('expires_at', 'timestamptz', (column) => column.notNull())
        .execute();
    },
  },
};

/** In their order. */
export const LEASES_MIGRATIONS: readonly string[] = Object.keys(migrations);
