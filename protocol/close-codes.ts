/** Why the server closes a WebSocket; what a client should do stands beside each. */
export const CLOSE_CODES = Object.freeze({
  /** After logout. Do not reconnect. */
  NORMAL: 3000,
  /** The server drains or restarts. Reconnect with jitter and resume. */
  CANCELLED: 3001,
  /** Not authenticated, token expired without renewal, user erased. Refresh or sign in, then reconnect. */
  ILLEGAL_CONNECTION: 3002,
  /** More than 1 MiB unsent. Reconnect and resume. */
  SLOW_CONSUMER: 3008,
  /** Too many frames in a second. Reconnect later. */
  RATE_LIMITED: 3029,
  /** A frame that breaks the protocol. Terminal: do not retry. */
  BAD_DATA: 3100,
  /** No such WebSocket path. Terminal: do not retry. */
  UNKNOWN_ROUTE: 4000,
});

export type CloseCodeName = keyof typeof CLOSE_CODES;
