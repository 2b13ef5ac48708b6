import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import { Abandoned, Overloaded } from '../../platform/concurrency-limit.ts';
import { RetryAdvice } from '../../platform/retry-advice.ts';
import { ERRORS, type ErrorCode } from '../../protocol/error-codes.ts';
import type { FieldProblem, RefusalBody } from '../../protocol/http-resources.ts';
import { InvalidPageCursor } from '../../read-models/pages.ts';
import { ReadModelsUnavailable } from '../../read-models/snapshot.ts';
import { SessionsUnavailable } from '../accounts/session.ts';
import { InvalidFields } from './invalid-fields.ts';

/** Ends a request with the registry's answer for this code. */
export class HttpRefusal extends Error {
  override readonly name = 'HttpRefusal';
  readonly code: ErrorCode;
  /** When to try again, for retryable codes; when not said, in a second, or in a minute where a limit was reached. */
  readonly retryAfterMs: number | undefined;

  constructor(code: ErrorCode, retryAfterMs?: number) {
    super(code);
    this.code = code;
    this.retryAfterMs = retryAfterMs;
  }
}

export interface ErrorAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: RefusalBody | readonly FieldProblem[];
}

/** Of a limit that does not say when: its window takes minutes, or longer. */
const RATE_LIMITED_RETRY_AFTER_MS = 60_000;
const DEFAULT_RETRY_AFTER_MS = 1000;

/** What the client is told; nothing of an unexpected error leaves. */
export function errorAnswer(error: unknown): ErrorAnswer {
  if (error instanceof InvalidFields) return { status: 422, headers: {}, body: error.problems };
  if (error instanceof InvalidPageCursor) return { status: 422, headers: {}, body: [UNKNOWN_CURSOR] };
  if (error instanceof HttpRefusal) return refusalAnswer(error.code, error.retryAfterMs);
  if (error instanceof Abandoned) return { ...refusalAnswer('unavailable'), status: CLIENT_HAS_GONE };
  return refusalAnswer(codeOf(error));
}

/** As proxies count it. Nobody reads this answer, only who looks at metrics and logs. */
const CLIENT_HAS_GONE = 499;

const UNKNOWN_CURSOR: FieldProblem = {
  loc: ['query', 'before'],
  msg: "Must be a page's `next`.",
  type: 'invalid_cursor',
};

function refusalAnswer(code: ErrorCode, retryAfterMs = defaultRetryAfterMs(code)): ErrorAnswer {
  const { status, message, retryable } = ERRORS[code];
  const seconds = Math.max(1, Math.ceil(retryAfterMs / 1000));
  return {
    status,
    headers: retryable && status !== ERRORS.internal.status ? { 'retry-after': String(seconds) } : {},
    body: { msg: message, code },
  };
}

const defaultRetryAfterMs = (code: ErrorCode): number =>
  code === 'rate_limited' ? RATE_LIMITED_RETRY_AFTER_MS : DEFAULT_RETRY_AFTER_MS;

function codeOf(error: unknown): ErrorCode {
  if (error instanceof ReadModelsUnavailable || error instanceof SessionsUnavailable) return 'unavailable';
  const status = error instanceof Error && 'statusCode' in error ? Number(error.statusCode) : 500;
  return status >= 400 && status < 500 ? (FRAMEWORK_REFUSALS[status] ?? 'bad_request') : 'internal';
}

/** The framework's own refusals of requests that it cannot read; 414: no name is as long as that path. */
const FRAMEWORK_REFUSALS: Readonly<Record<number, ErrorCode>> = {
  404: 'not_found',
  413: 'body_too_large',
  414: 'not_found',
  415: 'unsupported_media_type',
};

export type AnswerError = (error: unknown, request: FastifyRequest, reply: FastifyReply) => void;

/** Answers every error of a request; those that are nobody's wish are logged, but not one by one what is too much. */
export function answerErrors(logger: Logger): AnswerError {
  const retryAdvice = new RetryAdvice();
  return (error, request, reply) => {
    const isTooMuch = error instanceof Overloaded;
    const { status, headers, body } = errorAnswer(
      isTooMuch ? new HttpRefusal('unavailable', retryAdvice.nextMs()) : error,
    );
    if (status >= 500 && !isTooMuch) {
      const line = { err: error, correlationId: request.id, route: request.routeOptions.url };
      if (status === 500) logger.error(line, 'request failed');
      else logger.warn(line, 'request not answered for now');
    }
    reply.code(status).headers(headers).send(body);
  };
}
