import { Kysely, PostgresDialect } from 'kysely';
import type pg from 'pg';
import type { ReadTables } from '../read-models/tables.ts';
import type { AddressedPush } from './publisher.ts';

/** Everybody's feed entries of later events, in order. */
export async function readFeedAfter(
  pool: pg.Pool,
  schema: string,
  position: bigint,
): Promise<AddressedPush[]> {
  const rows = await new Kysely<ReadTables>({ dialect: new PostgresDialect({ pool }) })
    .withSchema(schema)
    .selectFrom('feed')
    .select(['user_key', 'position', 'ordinal', 'text'])
    .where('position', '>', position)
    .orderBy('position')
    .orderBy('ordinal')
    .execute();
  return rows.map(({ user_key, position: at, ordinal, text }) => ({
    audience: [user_key],
    cursor: { position: at, ordinal },
    text,
  }));
}
