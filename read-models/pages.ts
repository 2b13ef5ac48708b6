import { type Expression, sql } from 'kysely';
import { z } from 'zod';
import { parseJson } from '../platform/json.ts';
import type { Page } from '../protocol/http-resources.ts';

/** `before` is not a cursor that this list ever gave out. */
export class InvalidPageCursor extends Error {
  override readonly name = 'InvalidPageCursor';
}

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

export interface PageCursors<Place> {
  write(place: Place): string;
  /** Throws `InvalidPageCursor` unless this list's `write` could have written it. */
  read(text: string): Place;
}

/** Cursors of one list: its name and the sort keys of a page's last row, so that no list takes another's. */
export function pageCursors<Place extends readonly [unknown, ...unknown[]]>(
  list: string,
  place: z.ZodType<Place, unknown>,
): PageCursors<Place> {
  const envelope = z.tuple([z.literal(list), place]);
  return {
    write: (at) => Buffer.from(JSON.stringify([list, at])).toString('base64url'),
    read(text) {
      const parsed = envelope.safeParse(parseJson(Buffer.from(text, 'base64url').toString()));
      if (!parsed.success) throw new InvalidPageCursor('not a cursor of this list');
      return parsed.data[1];
    },
  };
}

/** The database takes neither U+0000 nor numbers beyond its own. */
export const textPlace = z
  .string()
  .max(1000)
  .regex(/^[^\0]*$/);
export const positionPlace = z.string().regex(/^(-1|\d{1,18})$/);

/** Where a list that goes from new to old begins. */
export const BEYOND_EVERY_POSITION = '9223372036854775807';
