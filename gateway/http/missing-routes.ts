import type { FastifyInstance } from 'fastify';
import { HttpRefusal } from './error-answers.ts';
import { HTTP_METHODS } from './http-handler.ts';

/** To be called before any route is registered: answers paths that have none, and other methods of those that have. */
export function answerMissingRoutes(app: FastifyInstance): { registerOtherMethods(): void } {
  const methodsOf = new Map<string, Set<string>>();
  app.addHook('onRoute', ({ url, method }) => {
    const methods = methodsOf.get(url) ?? new Set();
    for (const one of [method].flat()) methods.add(one);
    methodsOf.set(url, methods);
  });
  app.setNotFoundHandler(async () => {
    throw new HttpRefusal('not_found');
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
