/**
 * A place in what a user was sent: the event's position in the log and the frame's number among those the event
 * leads to. Opaque to clients, totally ordered, the same for every tab and user.
 */
export interface Cursor {
  readonly position: bigint;
  readonly ordinal: number;
}

/** After every frame of the events up to and including `position`. */
export const cursorAfter = (position: bigint): Cursor => ({ position, ordinal: LAST_ORDINAL });

const LAST_ORDINAL = 999;
const CURSOR_TEXT = /^(\d{1,19})\.(\d{1,3})$/;
const LAST_POSITION = 2n ** 63n - 1n;

export const formatCursor = ({ position, ordinal }: Cursor): string => `${position}.${ordinal}`;

/** null: not a cursor this server ever gave out. */
export function parseCursor(text: string): Cursor | null {
  const match = CURSOR_TEXT.exec(text);
  if (!match?.[1] || !match[2]) return null;
  const position = BigInt(match[1]);
  return position > LAST_POSITION ? null : { position, ordinal: Number(match[2]) };
}

/** Strictly: a cursor is not after itself. */
export const isAfter = (a: Cursor, b: Cursor): boolean =>
  a.position > b.position || (a.position === b.position && a.ordinal > b.ordinal);
