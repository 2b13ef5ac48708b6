import { type Cursor, formatCursor, parseCursor } from './cursor.ts';

/** Whom something is for: these users, or all but these. Users are named by their keys, names in lower case. */
export type Audience = { readonly users: readonly string[] } | { readonly everyoneBut: readonly string[] };

/** One frame for one user: its place in what the user is sent, and its text exactly as tabs receive it. */
export interface Push {
  readonly cursor: Cursor;
  readonly text: string;
}

/** A frame for the tabs that are there: it has no place, is kept nowhere, and never comes again. */
export interface EphemeralPush {
  readonly cursor: null;
  readonly text: string;
}

/** In place of pushes up to `cursor` that the bus could not carry: whoever is not past it looks them up before anything newer. */
export interface Hole {
  readonly cursor: Cursor;
  readonly text: null;
}

export type PushOrHole = Push | EphemeralPush | Hole;

/**
 * `everyoneBut`: for whom it is not. On the subject of everyone, keys of users: maybe many, looked up for each user; on a user's
 * subject, ids of tabs.
 */
export type ReceivedPush = PushOrHole & { readonly everyoneBut?: ReadonlySet<string> };

/** In place of a leader's epoch, of what a gateway publishes: ephemeral pushes and nothing else. */
export const NO_LEADER = 0n;

export interface ReceivedPushes {
  readonly epoch: bigint;
  readonly pushes: readonly ReceivedPush[];
}

/** A push, or with a cursor and no text a hole. */
interface SentPush {
  readonly cursor: Cursor | null;
  readonly text: string | null;
  readonly everyoneBut?: readonly string[];
}

/**
 * What one bus message has for one user, or for everyone. The first line is the epoch of the leader that publishes, then comes a
 * line for each push: a cursor, a blank, the text. An ephemeral push has no cursor, a hole neither blank nor text; what is for
 * everyone but some has a slash before the blank, and then their names, as `everyoneBut` has them, with slashes between them. JSON
 * has no raw line breaks, and these names have neither slashes nor blanks.
 */
export function encodePushes(epoch: bigint, pushes: readonly SentPush[]): string {
  let payload = epoch.toString();
  for (const push of pushes) {
    payload += '\n';
    if (push.cursor) payload += formatCursor(push.cursor);
    if (push.everyoneBut !== undefined) payload += `/${push.everyoneBut.join('/')}`;
    if (push.text !== null) payload += ` ${push.text}`;
  }
  return payload;
}

/** Throws on a payload that `encodePushes` did not write. */
export function decodePushes(payload: string): ReceivedPushes {
  let end = payload.indexOf('\n');
  const epoch = end < 0 ? payload : payload.slice(0, end);
  if (!EPOCH.test(epoch)) throw new Error('pushes without an epoch');
  const pushes: ReceivedPush[] = [];
  while (end >= 0) {
    const start = end + 1;
    end = payload.indexOf('\n', start);
    pushes.push(decodePush(end < 0 ? payload.slice(start) : payload.slice(start, end)));
  }
  return { epoch: BigInt(epoch), pushes };
}

const EPOCH = /^\d{1,19}$/;

function decodePush(line: string): ReceivedPush {
  const blank = line.indexOf(' ');
  const head = blank < 0 ? line : line.slice(0, blank);
  const text = blank < 0 ? null : line.slice(blank + 1);
  const slash = head.indexOf('/');
  if (slash < 0) return placed(head, text);
  const keys = head.slice(slash + 1);
  return { ...placed(head.slice(0, slash), text), everyoneBut: new Set(keys === '' ? [] : keys.split('/')) };
}

function placed(place: string, text: string | null): PushOrHole {
  if (place === '' && text !== null) return { cursor: null, text };
  const cursor = parseCursor(place);
  if (!cursor) throw new Error('a push without a place');
  return { cursor, text };
}

/** More than the epoch's line takes. */
const EPOCH_BYTES = 32;
/** More than a cursor and what sets it off take. */
const HEAD_BYTES = 64;
/** Of UTF-8 for one unit of UTF-16. */
const MOST_BYTES_PER_UNIT = 3;

/**
 * These pushes in their order, cut so that each part encodes to `maxBytes` at most; only a push that is larger by itself
 * is a part of its own. Sizes are the most that texts and keys can have, three times that of plain ASCII, so that nothing has to
 * be measured.
 */
export function cutPushes<P extends { readonly text: string; readonly everyoneBut?: readonly string[] }>(
  pushes: readonly P[],
  maxBytes: number,
): P[][] {
  const parts: P[][] = [];
  let part: P[] = [];
  let bytes = EPOCH_BYTES;
  for (const push of pushes) {
    const size = (push.text.length + lengthOfKeys(push.everyoneBut)) * MOST_BYTES_PER_UNIT + HEAD_BYTES;
    if (part.length > 0 && bytes + size > maxBytes) {
      parts.push(part);
      [part, bytes] = [[], EPOCH_BYTES];
    }
    part.push(push);
    bytes += size;
  }
  if (part.length > 0) parts.push(part);
  return parts;
}

/** Each with its slash. */
const lengthOfKeys = (keys: readonly string[] = []): number =>
  keys.reduce((length, key) => length + key.length + 1, 0);
