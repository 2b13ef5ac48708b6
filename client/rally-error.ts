import type { ErrorCode, FieldProblem } from './wire.ts';

/**
 * Why something did not come about. Of the server: a code of its registry, `invalid_fields` with the fields, or
 * `unexpected_answer`. Of the client: `unreachable` (no answer, nothing is known of the effect of a command),
 * `unconfirmed` (sent, and the connection ended before the ack: it may have happened), `not_connected` (nothing was sent),
 * `signed_out`, `stopped`.
 */
export type RallyErrorCode =
  | ErrorCode
  | 'invalid_fields'
  | 'unexpected_answer'
  | 'unreachable'
  | 'unconfirmed'
  | 'not_connected'
  | 'signed_out'
  | 'stopped';

export interface RallyErrorDetails {
  /** Of an HTTP answer. */
  readonly status?: number;
  /** When there is a point in trying again. */
  readonly retryAfterMs?: number;
  /** Whether the same can succeed later without being changed. */
  readonly retryable?: boolean;
  readonly fields?: readonly FieldProblem[];
}

export class RallyError extends Error {
  override readonly name = 'RallyError';
  readonly code: RallyErrorCode;
  readonly details: RallyErrorDetails;

  /** `message`: for people, in English. Programs act on the code. */
  constructor(code: RallyErrorCode, message: string, details: RallyErrorDetails = {}) {
    super(message);
    this.code = code;
    this.details = details;
  }
}
