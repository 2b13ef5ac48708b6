import { z } from 'zod';
import { parseJson } from '../platform/json.ts';
import { InvalidPageCursor } from './read-models.ts';

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
