import { randomBytes } from 'node:crypto';
import { type Kysely, type SchemaModule, sql } from 'kysely';

/** The Postgres schema of the keys: to be backed up, and apart from the log. */
export const SCHEMA = 'keys';

export interface KeysDatabase {
  user_keys: UserKeyRow;
}

interface UserKeyRow {
  /** The username in lower case. */
  user_key: string;
  /** null: it was destroyed, and no other one is ever made for this name. */
  key: Buffer | null;
}

export const createUserKeysTable = (schema: SchemaModule): Promise<void> =>
  schema
    .createTable('user_keys')
    .addColumn('user_key', 'text', (column) => column.primaryKey())
    .addColumn('key', 'bytea')
    .execute();

/** Of ChaCha20-Poly1305, and of AES-256, with which events were sealed before. */
const KEY_BYTES = 32;

/** null: destroyed. */
export type UserKey = Buffer | null;

/** As far as there are any. Rejects with the database's error. */
export async function readKeys(
  db: Kysely<KeysDatabase>,
  users: readonly string[],
): Promise<ReadonlyMap<string, UserKey>> {
  const { rows } = await sql<UserKeyRow>`select user_key, key from ${sql.table(`${SCHEMA}.user_keys`)}
    where user_key = any(${users}::text[])`.execute(db);
  return new Map(rows.map(({ user_key, key }) => [user_key, key]));
}

/** Of two that are made for one user at once, one stays, and both callers read that one: a statement of its own sees what the other has committed. */
export async function makeKeys(db: Kysely<KeysDatabase>, users: readonly string[]): Promise<void> {
  const keys = users.map(() => randomBytes(KEY_BYTES));
  // In one order, whoever makes them, so that two who make the same ones do not wait for each other.
  await sql`insert into ${sql.table(`${SCHEMA}.user_keys`)} (user_key, key)
    select * from unnest(${[...users].sort()}::text[], ${keys}::bytea[]) on conflict do nothing`.execute(db);
}

/** For ever, also where there was none yet. Durable once it resolves. */
export async function destroyKey(db: Kysely<KeysDatabase>, user: string): Promise<void> {
  await db
    .insertInto('user_keys')
    .values({ user_key: user, key: null })
    .onConflict((conflict) => conflict.column('user_key').doUpdateSet({ key: null }))
    .execute();
}
