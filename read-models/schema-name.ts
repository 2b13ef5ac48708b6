import type pg from 'pg';

/**
 * The Postgres schema of the current read models. A change that old rows cannot follow gets the next number and is
 * filled from the log beside this one.
 */
export const READ_SCHEMA = 'read_v6';

/** The schema that gateways read and the projection service writes. Rejects with the database's error. */
export async function schemaInUse(_pool: pg.Pool): Promise<string> {
  return READ_SCHEMA;
}
