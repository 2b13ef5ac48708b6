/**
 * A larger WebSocket frame ends the connection without a close code. Far above what the protocol allows, so that a
 * frame that is merely too large is judged by the protocol, with a code that tells the client.
 */
export const FRAME_BYTES_HARD_LIMIT = 1024 * 1024;

/** The headers that a handshake is judged by. */
export const HANDSHAKE_HEADERS = [
  'origin',
  'cookie',
  'authorization',
  'sec-websocket-protocol',
  'x-forwarded-for',
] as const;
