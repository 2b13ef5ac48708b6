import { CLOSE_CODES } from '../../protocol/close-codes.ts';
import type { ClosedCause, WaitCause } from '../live.ts';

const RATE_LIMITED_MS = 10_000;
const TOO_MANY_MS = 60_000;

/** After these the next try would end in the same way. */
export const CLOSING: Readonly<Record<number, ClosedCause>> = {
  [CLOSE_CODES.NORMAL.code]: 'logged_out',
  [CLOSE_CODES.BAD_DATA.code]: 'bad_data',
  [CLOSE_CODES.UNKNOWN_ROUTE.code]: 'unknown_route',
};

/** After these the server takes the client again, so many milliseconds after the last try or the end at the earliest. */
export const RETURNING: Readonly<
  Record<number, readonly [cause: WaitCause, sinceTryMs: number, sinceEndMs: number]>
> = {
  [CLOSE_CODES.CANCELLED.code]: ['server_restarts', 0, 0],
  [CLOSE_CODES.SLOW_CONSUMER.code]: ['too_slow', 0, 0],
  [CLOSE_CODES.RATE_LIMITED.code]: ['rate_limited', 0, RATE_LIMITED_MS],
  [CLOSE_CODES.TOO_MANY_SOCKETS.code]: ['too_many_tabs', TOO_MANY_MS, 0],
};
