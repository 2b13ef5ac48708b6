/**
 * What a client does when its socket was closed, always with the cursor of the last frame that it saw:
 * - `resume`: connect again after a random moment, longer each time;
 * - `resume_later`: as `resume`, but not within the next ten seconds: it asked for too much;
 * - `resume_when_seen`: connect again when somebody looks at the tab, once a minute at most;
 * - `refresh`: renew the session or sign in, then connect again;
 * - `stop`: connect no more by itself; the next try would end in the same way.
 */
export type ClientReaction = 'resume' | 'resume_later' | 'resume_when_seen' | 'refresh' | 'stop';

interface CloseCode {
  readonly code: number;
  /** When, and for people who look into their browser's network panel: clients act on the code. */
  readonly reason: string;
  readonly client: ClientReaction;
}

/** Why the server closes a WebSocket. */
export const CLOSE_CODES = Object.freeze({
  NORMAL: { code: 3000, reason: 'logged out', client: 'stop' },
  /** The server drains or restarts, or could not look something up. */
  CANCELLED: { code: 3001, reason: 'come back in a moment and resume', client: 'resume' },
  /** Not authenticated, token expired without renewal, user erased. */
  ILLEGAL_CONNECTION: { code: 3002, reason: 'no valid session', client: 'refresh' },
  /** More than `SLOW_CONSUMER_BYTES` unsent. */
  SLOW_CONSUMER: { code: 3008, reason: 'too slow: reconnect and resume', client: 'resume' },
  RATE_LIMITED: { code: 3029, reason: 'too many frames', client: 'resume_later' },
  /** The user has `SOCKETS_PER_USER` open ones: this new one is turned away. */
  TOO_MANY_SOCKETS: { code: 3030, reason: 'too many tabs are open', client: 'resume_when_seen' },
  BAD_DATA: { code: 3100, reason: 'a frame broke the protocol', client: 'stop' },
  UNKNOWN_ROUTE: { code: 4000, reason: 'no such path', client: 'stop' },
} as const satisfies Record<string, CloseCode>);

export type CloseCodeName = keyof typeof CLOSE_CODES;
