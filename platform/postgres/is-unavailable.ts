import pg from 'pg';

/**
 * Whether a failed query says that the database is away, overloaded, shutting down or too slow, rather than that the
 * statement is wrong. What the statement did is then unknown.
 */
export function isUnavailable(error: unknown): boolean {
  if (error instanceof pg.DatabaseError) return UNAVAILABLE_STATE.test(error.code ?? '');
  if (!(error instanceof Error)) return false;
  return ('code' in error && SOCKET_ERRORS.has(String(error.code))) || CLIENT_MESSAGE.test(error.message);
}

/**
 * 08: connection exceptions. 53: out of connections, memory or disk. 57P: shutting down, starting up, terminated,
 * database being dropped. 57014: statement timeout. 55P03: lock timeout. 25P03, 25P04: transaction too slow.
 * 25006: only a standby is left. 58: input or output failed.
 */
const UNAVAILABLE_STATE = /^(08|53|57P|57014$|55P03$|25P03$|25P04$|25006$|58)/;

const SOCKET_ERRORS = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ECONNABORTED',
  'EPIPE',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOENT',
]);

/** The driver's own errors have no code. */
const CLIENT_MESSAGE =
  /^(Connection terminated|timeout expired|timeout exceeded when trying to connect|Query read timeout|Client (has encountered a connection error|was closed)|Cannot use a pool after calling end)/;
