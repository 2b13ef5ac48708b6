import type { FastifyInstance, RouteHandlerMethod } from 'fastify';
import { HttpRefusal } from './error-answers.ts';
import { HTTP_METHODS } from './http-handler.ts';

/**
 * To be called before any route is registered: answers paths that have none, and other methods of those that have. `page`: for
 * people who have opened such a path in a browser, and find the way from there.
 */
export function answerMissingRoutes(
  app: FastifyInstance,
  page: RouteHandlerMethod | null,
): { registerOtherMethods(): void } {
  const methodsOf = new Map<string, Set<string>>();
  app.addHook('onRoute', ({ url, method }) => {
    const methods = methodsOf.get(url) ?? new Set();
    for (const one of [method].flat()) methods.add(one);
    methodsOf.set(url, methods);
  });
  app.setNotFoundHandler(async function (request, reply) {
    const isPerson = request.method === 'GET' && request.headers.accept?.includes('text/html');
    if (!page || !isPerson || request.url.startsWith('/api')) throw new HttpRefusal('not_found');
    reply.code(404);
    return page.call(this, request, reply);
  });
  return {
    registerOtherMethods() {
      for (const [url, methods] of [...methodsOf]) {
        const others = HTTP_METHODS.filter((method) => !methods.has(method));
        // HEAD never comes here: it is asked as GET.
        const allow = [...methods]
          .flatMap((method) => (method === 'GET' ? ['GET', 'HEAD'] : [method]))
          .join(', ');
        app.route({
          url,
          method: others,
          onRequest: async (_request, reply) => {
            reply.header('allow', allow);
            throw new HttpRefusal('method_not_allowed');
          },
          handler: async () => undefined,
        });
      }
    },
  };
}
