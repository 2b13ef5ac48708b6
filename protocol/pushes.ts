import { type Cursor, formatCursor, parseCursor } from './cursor.ts';

/** One frame for one user: its place in the user's feed, and its text exactly as tabs receive it. */
export interface Push {
  readonly cursor: Cursor;
  readonly text: string;
}

/** A batch for one user in one bus message: a line per push, the cursor before the first blank. JSON has no raw line breaks. */
export const encodePushes = (pushes: readonly Push[]): string =>
  pushes.map((push) => `${formatCursor(push.cursor)} ${push.text}`).join('\n');

/** Throws on a payload that `encodePushes` did not write. */
export const decodePushes = (payload: string): Push[] =>
  payload.split('\n').map((line) => {
    const blank = line.indexOf(' ');
    const cursor = parseCursor(line.slice(0, blank));
    if (!cursor) throw new Error('a push without a cursor');
    return { cursor, text: line.slice(blank + 1) };
  });
