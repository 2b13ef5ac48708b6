import type { CloseCodeName } from '../../protocol/close-codes.ts';

/** For people who look into their browser's network panel; clients act on the code. */
export const CLOSE_REASONS: Readonly<Record<CloseCodeName, string>> = Object.freeze({
  NORMAL: 'logged out',
  CANCELLED: 'come back in a moment and resume',
  ILLEGAL_CONNECTION: 'no valid session',
  SLOW_CONSUMER: 'too slow: reconnect and resume',
  RATE_LIMITED: 'too many frames',
  BAD_DATA: 'a frame broke the protocol',
  UNKNOWN_ROUTE: 'no such path',
});
