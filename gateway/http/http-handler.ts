import { setImmediate as nextTurn } from 'node:timers/promises';
import type { FastifyInstance } from 'fastify';
import { WaitGroup } from '../../platform/wait-group.ts';
import type { HandleHttp, HttpRequest, HttpResponse } from '../public-server/public-server.ts';
import type { ApiOptions } from './api-options.ts';
import { ArrivedRequest } from './arrived-request.ts';
import { shareAnswer } from './cross-origin.ts';
import { type ErrorAnswer, errorAnswer, HttpRefusal } from './error-answers.ts';
import { GatheredResponse } from './gathered-response.ts';

/** What the router knows; any other method, and OPTIONS but for preflights, is allowed nowhere. */
export const HTTP_METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'] as const;

export interface HttpApi {
  readonly handle: HandleHttp;
  /** Resolves once no request is under way, and the last answer has been taken by whoever asked. */
  idle(): Promise<void>;
  /** Resolves when the requests under way are answered; later ones get 503. */
  close(): Promise<void>;
}

/**
 * Puts whole requests through Fastify without a socket of its own: the sockets belong to the public server, which
 * WebSockets share.
 */
export async function createHttpHandler(
  app: FastifyInstance,
  { logger, allowsOrigin }: Pick<ApiOptions, 'logger' | 'allowsOrigin'>,
): Promise<HttpApi> {
  await app.ready();
  const requests = new WaitGroup();
  let closed = false;

  async function respond(request: HttpRequest): Promise<HttpResponse> {
    try {
      if (closed) throw new HttpRefusal('unavailable');
      if (request.method === 'OPTIONS' && request.url === '*') return ABOUT_ALL;
      if (!isPath(request.url)) throw new HttpRefusal('bad_request');
      return await routed(app, isHttpMethod(request.method) ? request : allowedNowhere(request));
    } catch (error) {
      if (!(error instanceof HttpRefusal)) logger.error({ err: error }, 'request not handled');
      return errorResponse(errorAnswer(error));
    }
  }

  async function idle(): Promise<void> {
    do {
      await requests.wait();
      // Whoever waited for the answer has had its turn to write it.
      await nextTurn();
    } while (requests.underWay > 0);
  }

  return {
    async handle(request) {
      requests.add();
      try {
        return shareAnswer(request, await respond(request), allowsOrigin);
      } finally {
        requests.done();
      }
    },
    idle,
    async close() {
      closed = true;
      await idle();
      await app.close();
    },
  };
}

const isHttpMethod = (name: string): boolean => HTTP_METHODS.some((method) => method === name);

/** What clients, proxies and servers read in different ways. */
const AMBIGUOUS = /[\p{Cc}\\#]/u;

/** Whether a request is for a path and its query, which are then routed as they were sent: `.` and `..` are names. */
const isPath = (target: string): boolean => target.startsWith('/') && !AMBIGUOUS.test(target);

/** `OPTIONS *` asks about the server and no path of it. */
const ABOUT_ALL: HttpResponse = { status: 204, headers: { allow: HTTP_METHODS.join(', ') }, body: '' };

/** As one that no path has, so that the answer says which methods it has; not as a preflight, which is answered at once. */
const allowedNowhere = ({ headers, ...request }: HttpRequest): HttpRequest => {
  const { 'access-control-request-method': _, ...others } = headers;
  return { ...request, method: 'OPTIONS', headers: others };
};

/** HEAD is GET, of whose answer the public server leaves out the body. */
const routed = (app: FastifyInstance, request: HttpRequest): Promise<HttpResponse> =>
  new Promise((resolve) => {
    const arrived = new ArrivedRequest(request.method === 'HEAD' ? { ...request, method: 'GET' } : request);
    app.routing(arrived, new GatheredResponse(arrived, resolve));
  });

const errorResponse = ({ status, headers, body }: ErrorAnswer): HttpResponse => ({
  status,
  headers: { ...headers, 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store' },
  body: JSON.stringify(body),
});
