import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import { Overloaded } from '../../platform/concurrency-limit.ts';
import { errorAnswer } from './error-answer.ts';

/** Answers every error of a request; those that are nobody's wish are logged, but not one by one what is too much. */
export function answerErrors(logger: Logger) {
  return (error: unknown, request: FastifyRequest, reply: FastifyReply): void => {
    const { status, headers, body } = errorAnswer(error);
    if (status >= 500 && !(error instanceof Overloaded)) {
      const line = { err: error, correlationId: request.id, route: request.routeOptions.url };
      if (status === 500) logger.error(line, 'request failed');
      else logger.warn(line, 'request not answered for now');
    }
    reply.code(status).headers(headers).send(body);
  };
}
