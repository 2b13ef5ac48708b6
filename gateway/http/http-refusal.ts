import type { ErrorCode } from '../../protocol/error-codes.ts';

/** Ends a request with the registry's answer for this code. */
export class HttpRefusal extends Error {
  override readonly name = 'HttpRefusal';
  readonly code: ErrorCode;
  /** When to try again, for retryable codes; a second when not said. */
  readonly retryAfterMs: number | undefined;

  constructor(code: ErrorCode, retryAfterMs?: number) {
    super(code);
    this.code = code;
    this.retryAfterMs = retryAfterMs;
  }
}
