import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import { Overloaded } from '../../platform/concurrency-limit.ts';
import { RetryAdvice } from '../../platform/retry-advice.ts';
import { errorAnswer } from './error-answer.ts';
import { HttpRefusal } from './http-refusal.ts';

/** Answers every error of a request; those that are nobody's wish are logged, but not one by one what is too much. */
export function answerErrors(logger: Logger) {
  const retryAdvice = new RetryAdvice();
  return (error: unknown, request: FastifyRequest, reply: FastifyReply): void => {
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
