import { z } from 'zod';
import { type Cursor, formatCursor, parseCursor } from './cursor.ts';

/** Whether one user is online, from one place of the log on. */
export interface PresenceState {
  readonly userKey: string;
  readonly cursor: Cursor;
  /** The frame that says so, exactly as tabs receive it. */
  readonly text: string;
}

/** What one bus message says, in the log's order. */
export interface PublishedPresence {
  /** Of the leader that publishes. */
  readonly epoch: bigint;
  readonly states: readonly PresenceState[];
}

/** In one message at most: far less than a message of NATS may take. */
export const STATES_LIMIT = 500;

const published = z.object({
  epoch: z.string().regex(/^\d{1,19}$/),
  states: z.array(z.tuple([z.string(), z.string(), z.string()])),
});

export const encodePresence = (epoch: bigint, states: readonly PresenceState[]): string =>
  JSON.stringify({
    epoch: epoch.toString(),
    states: states.map(({ userKey, cursor, text }) => [userKey, formatCursor(cursor), text]),
  });

/** Throws on a payload that `encodePresence` did not write. */
export function decodePresence(payload: string): PublishedPresence {
  const { epoch, states } = published.parse(JSON.parse(payload));
  return {
    epoch: BigInt(epoch),
    states: states.map(([userKey, place, text]) => {
      const cursor = parseCursor(place);
      if (!cursor) throw new Error('a state without a place');
      return { userKey, cursor, text };
    }),
  };
}
