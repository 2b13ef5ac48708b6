import { type Expression, sql } from 'kysely';
import type { Page } from '../protocol/http-resources.ts';

/** Makes a page of rows that were read one beyond `limit`: that one only tells that the list goes on. */
export function pageOf<Row, Item>(
  rows: readonly Row[],
  options: {
    readonly count: number;
    readonly limit: number;
    /** null: a row that only carries the count of a list with nothing on this page. */
    readonly toItem: (row: Row) => Item | null;
    readonly cursorOf: (row: Row) => string;
  },
): Page<Item> {
  const shown = rows.slice(0, options.limit);
  const last = shown.at(-1);
  return {
    items: shown.map(options.toItem).filter((item) => item !== null),
    count: options.count,
    next: last && rows.length > options.limit ? options.cursorOf(last) : null,
  };
}

/** What a page reads of a list of `count`: nothing if it begins beyond the end, as the list would be walked in vain. */
export const rowsWithin = (
  count: Expression<number | null>,
  offset: Expression<number>,
  rows: Expression<number>,
) => sql<number>`case when ${offset}::integer < ${count} then ${rows}::integer else 0 end`;
