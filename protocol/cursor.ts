/**
 * A place in what a user was sent: the event's position in the log and the frame's number among those the event
 * leads to. The same for every tab and user. Clients compare two of one log number by number, and read nothing else
 * from them; one of another log, or of another life of this one, says nothing here.
 */
export interface Cursor {
  readonly position: bigint;
  readonly ordinal: number;
  /** The identity of the log that the position is in, see `EventStore.identity`. */
  readonly log: string;
}

/** A place in the log as a client names it: by the cursor of a frame, or by the position of an ack, which does not say whose it is. */
export interface Place {
  readonly position: bigint;
  /** null: not said. */
  readonly log: string | null;
}

/** After every frame of the events up to and including `position`. */
export const cursorAfter = (position: bigint, log: string): Cursor => ({
  position,
  ordinal: LAST_ORDINAL,
  log,
});

const LAST_ORDINAL = 999;
const CURSOR_TEXT = /^(\d{1,19})\.(\d{1,3})\.(\d{1,10})$/;
const POSITION_TEXT = /^\d{1,19}$/;
const LAST_POSITION = 2n ** 63n - 1n;

/** The log comes last, so that cursors compare with bare positions too. */
export const formatCursor = ({ position, ordinal, log }: Cursor): string => `${position}.${ordinal}.${log}`;

/** null: not a cursor this server ever gave out. */
export function parseCursor(text: string): Cursor | null {
  const match = CURSOR_TEXT.exec(text);
  if (!match?.[1] || !match[2] || !match[3]) return null;
  const position = BigInt(match[1]);
  return position > LAST_POSITION ? null : { position, ordinal: Number(match[2]), log: match[3] };
}

/** null: neither a cursor nor a position. */
export function parsePlace(text: string): Place | null {
  const cursor = parseCursor(text);
  if (cursor) return cursor;
  if (!POSITION_TEXT.test(text)) return null;
  const position = BigInt(text);
  return position > LAST_POSITION ? null : { position, log: null };
}

/** Of two in one log. Strictly: a cursor is not after itself. */
export const isAfter = (a: Cursor, b: Cursor): boolean =>
  a.position > b.position || (a.position === b.position && a.ordinal > b.ordinal);
