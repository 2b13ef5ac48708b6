import type { FastifyInstance, InjectOptions, LightMyRequestResponse } from 'fastify';
import type { Logger } from 'pino';
import { type HandleHttp, HTTP_BODY_BYTES_LIMIT, type HttpRequest } from '../public-server/public-server.ts';
import { errorAnswer } from './error-answer.ts';
import { loggable } from './error-handling.ts';
import { httpMethod } from './http-method.ts';
import { HttpRefusal } from './http-refusal.ts';

type AnswerHeaders = Record<string, string | readonly string[]>;

/** The public server writes these itself. */
const CONNECTION_HEADERS = new Set([
  'connection',
  'content-length',
  'date',
  'keep-alive',
  'transfer-encoding',
]);

/**
 * Puts whole requests through Fastify without a socket of its own: the sockets belong to the public server, which
 * WebSockets share.
 */
export function createHandleHttp(app: FastifyInstance, logger: Logger): HandleHttp {
  return async (request) => {
    try {
      return answerOf(await app.inject(injectionOf(request)), request.method);
    } catch (error) {
      if (!(error instanceof HttpRefusal)) logger.error({ err: loggable(error) }, 'request not handled');
      const { status, headers, body } = errorAnswer(error);
      return {
        status,
        headers: { ...headers, 'content-type': 'application/json; charset=utf-8' },
        body: JSON.stringify(body),
      };
    }
  };
}

function injectionOf(request: HttpRequest): InjectOptions {
  const { url, headers, body, remoteAddress } = request;
  const method = httpMethod(request.method);
  if (!method) throw new HttpRefusal('method_not_allowed');
  if (!url.startsWith('/')) throw new HttpRefusal('bad_request');
  // A body that was not kept is only declared: the route decides first whether the request is refused for more.
  if (body === null) return { method, url, remoteAddress, headers: { ...headers, ...UNKEPT_BODY } };
  return { method, url, remoteAddress, headers, ...(body.length > 0 && { payload: body }) };
}

const UNKEPT_BODY = { 'content-length': String(HTTP_BODY_BYTES_LIMIT + 1) };

function answerOf(response: LightMyRequestResponse, method: string): Awaited<ReturnType<HandleHttp>> {
  const headers: AnswerHeaders = {};
  for (const [name, value] of Object.entries(response.headers))
    if (value !== undefined && !CONNECTION_HEADERS.has(name))
      headers[name] = typeof value === 'number' ? String(value) : value;
  return { status: response.statusCode, headers, body: method === 'HEAD' ? '' : response.rawPayload };
}
