import type { FastifyInstance, InjectOptions, LightMyRequestResponse } from 'fastify';
import type { Logger } from 'pino';
import {
  type HandleHttp,
  HTTP_BODY_BYTES_LIMIT,
  type HttpRequest,
  type HttpResponse,
} from '../public-server/public-server.ts';
import { type ErrorAnswer, errorAnswer } from './error-answer.ts';
import { httpMethod } from './http-method.ts';
import { HttpRefusal } from './http-refusal.ts';
import { carriedTarget } from './request-target.ts';

/** The public server writes these itself. */
const CONNECTION_HEADERS = new Set([
  'connection',
  'content-length',
  'date',
  'keep-alive',
  'transfer-encoding',
]);

export interface HttpApi {
  readonly handle: HandleHttp;
  /** Resolves when the requests under way are answered; later ones get 503. */
  close(): Promise<void>;
}

/**
 * Puts whole requests through Fastify without a socket of its own: the sockets belong to the public server, which
 * WebSockets share.
 */
export function createHttpHandler(app: FastifyInstance, logger: Logger): HttpApi {
  const underWay = new Set<Promise<unknown>>();
  let closed = false;

  async function respond(request: HttpRequest): Promise<HttpResponse> {
    try {
      if (closed) throw new HttpRefusal('unavailable');
      return responseOf(await app.inject(injectionOf(request)), request.method);
    } catch (error) {
      if (!(error instanceof HttpRefusal)) logger.error({ err: error }, 'request not handled');
      return errorResponse(errorAnswer(error));
    }
  }

  return {
    handle(request) {
      const response = respond(request);
      underWay.add(response);
      return response.finally(() => underWay.delete(response));
    },
    async close() {
      closed = true;
      await Promise.all(underWay);
      await app.close();
    },
  };
}

function injectionOf(request: HttpRequest): InjectOptions {
  const { body, remoteAddress } = request;
  const method = httpMethod(request.method);
  if (!method) throw new HttpRefusal('method_not_allowed');
  const { url, header } = carriedTarget(request.url);
  const headers = { ...request.headers, ...header };
  // A body that was not kept is only declared: the route decides first whether the request is refused for more.
  if (body === null) return { method, url, remoteAddress, headers: { ...headers, ...UNKEPT_BODY } };
  return { method, url, remoteAddress, headers, ...(body.length > 0 && { payload: body }) };
}

const UNKEPT_BODY = { 'content-length': String(HTTP_BODY_BYTES_LIMIT + 1) };

function responseOf(response: LightMyRequestResponse, method: string): HttpResponse {
  const headers: Record<string, string | readonly string[]> = {};
  for (const [name, value] of Object.entries(response.headers))
    if (value !== undefined && !CONNECTION_HEADERS.has(name))
      headers[name] = typeof value === 'number' ? String(value) : value;
  return { status: response.statusCode, headers, body: method === 'HEAD' ? '' : response.rawPayload };
}

const errorResponse = ({ status, headers, body }: ErrorAnswer): HttpResponse => ({
  status,
  headers: { ...headers, 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store' },
  body: JSON.stringify(body),
});
