import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import { errorAnswer } from './error-answer.ts';

/** Answers every error of a request; those that are nobody's wish are logged. */
export function answerErrors(logger: Logger) {
  return (error: unknown, request: FastifyRequest, reply: FastifyReply): void => {
    const { status, headers, body } = errorAnswer(error);
    if (status >= 500) {
      const line = { err: loggable(error), correlationId: request.id, route: request.routeOptions.url };
      if (status === 500) logger.error(line, 'request failed');
      else logger.warn(line, 'request not answered for now');
    }
    reply.code(status).headers(headers).send(body);
  };
}

/** Without the further fields of database errors: they repeat what the statement was about. */
export const loggable = (error: unknown): object =>
  error instanceof Error
    ? { type: error.name, message: error.message, stack: error.stack }
    : { type: typeof error };
