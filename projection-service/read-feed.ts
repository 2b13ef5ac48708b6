import { Kysely, PostgresDialect, sql } from 'kysely';
import type pg from 'pg';
import type { ReadTables } from '../read-models/tables.ts';
import type { AddressedPush } from './publisher.ts';

/** Everybody's feed entries of later events, in order, at most `pageSize` at a time. */
export async function* readFeedAfter(
  pool: pg.Pool,
  schema: string,
  position: bigint,
  pageSize = 2000,
): AsyncGenerator<AddressedPush[], void, undefined> {
  const db = new Kysely<ReadTables>({ dialect: new PostgresDialect({ pool }) }).withSchema(schema);
  let last = { position: position + 1n, ordinal: -1, user_key: '' };
  for (;;) {
    const rows = await db
      .selectFrom('feed')
      .select(['user_key', 'position', 'ordinal', 'text'])
      .where('position', '>=', last.position)
      .where(
        sql<boolean>`(position, ordinal, user_key) > (${last.position}::bigint, ${last.ordinal}::smallint, ${last.user_key})`,
      )
      .orderBy('position')
      .orderBy('ordinal')
      .orderBy('user_key')
      .limit(pageSize)
      .execute();
    const newLast = rows.at(-1);
    if (!newLast) return;
    last = newLast;
    yield rows.map(({ user_key, position: at, ordinal, text }) => ({
      audience: [user_key],
      cursor: { position: at, ordinal },
      text,
    }));
  }
}
