import { Kysely, PostgresDialect, sql } from 'kysely';
import type pg from 'pg';
import { cursorAfter } from '../protocol/cursor.ts';
import type { ReadTables } from '../read-models/tables.ts';
import type { AddressedPush } from './publisher.ts';

/** Everybody's feed entries of later events, in order, at most `pageSize` at a time. */
export async function* readFeedAfter(
  pool: pg.Pool,
  schema: string,
  { published, log }: { readonly published: bigint; readonly log: string },
  pageSize = 2000,
): AsyncGenerator<AddressedPush[], void, undefined> {
  const db = new Kysely<ReadTables>({ dialect: new PostgresDialect({ pool }) }).withSchema(schema);
  let last = cursorAfter(published, log);
  for (;;) {
    const rows = await db
      .selectFrom('feed')
      .select(['position', 'ordinal', 'user_a', 'user_b', 'text'])
      .where(sql<boolean>`(position, ordinal) > (${last.position}::bigint, ${last.ordinal}::smallint)`)
      .orderBy('position')
      .orderBy('ordinal')
      .limit(pageSize)
      .execute();
    const newLast = rows.at(-1);
    if (!newLast) return;
    last = { ...newLast, log };
    yield rows.map(({ position: at, ordinal, user_a, user_b, text }) => ({
      to: { users: [user_a, user_b] },
      cursor: { position: at, ordinal, log },
      text,
    }));
  }
}
