import { type Cursor, formatCursor, parseCursor } from './cursor.ts';

/** One frame for one user: its place in the user's feed, and its text exactly as tabs receive it. */
export interface Push {
  readonly cursor: Cursor;
  readonly text: string;
}

/** In place of pushes up to `cursor` that the bus could not carry: whoever is not past it reads the feed before anything newer. */
export interface Hole {
  readonly cursor: Cursor;
  readonly text: null;
}

/**
 * What one bus message has for one user: a line each, a push's cursor before the first blank, a hole's cursor alone. JSON
 * has no raw line breaks.
 */
export const encodePushes = (pushes: readonly (Push | Hole)[]): string =>
  pushes
    .map(({ cursor, text }) => (text === null ? formatCursor(cursor) : `${formatCursor(cursor)} ${text}`))
    .join('\n');

/** Throws on a payload that `encodePushes` did not write. */
export const decodePushes = (payload: string): (Push | Hole)[] =>
  payload.split('\n').map((line) => {
    const blank = line.indexOf(' ');
    const cursor = parseCursor(blank < 0 ? line : line.slice(0, blank));
    if (!cursor) throw new Error('a push without a cursor');
    return { cursor, text: blank < 0 ? null : line.slice(blank + 1) };
  });

/** More than a cursor and the two characters that set it off take. */
const CURSOR_BYTES = 64;
/** Of UTF-8 for one unit of UTF-16. */
const MOST_BYTES_PER_UNIT = 3;

/**
 * These pushes in their order, cut so that each part encodes to `maxBytes` at most; only a push that is larger by itself
 * is a part of its own. Sizes are the most that the texts can have, three times that of plain ASCII, so that nothing has to
 * be measured.
 */
export function cutPushes<P extends Push>(pushes: readonly P[], maxBytes: number): P[][] {
  const parts: P[][] = [];
  let part: P[] = [];
  let bytes = 0;
  for (const push of pushes) {
    const size = push.text.length * MOST_BYTES_PER_UNIT + CURSOR_BYTES;
    if (part.length > 0 && bytes + size > maxBytes) {
      parts.push(part);
      [part, bytes] = [[], 0];
    }
    part.push(push);
    bytes += size;
  }
  if (part.length > 0) parts.push(part);
  return parts;
}
