import { SpanKind, SpanStatusCode } from '@opentelemetry/api';
import type { FastifyInstance } from 'fastify';
import type { Tracing } from '../../platform/tracing/tracing.ts';

/**
 * A span for each request, by route, not by path: paths name users. Each begins a trace: a `traceparent` that comes from outside is
 * not taken, since this address is public, and whoever sends one would say what is sampled.
 */
export function traceRequests(app: FastifyInstance, { tracer, requests }: Tracing): void {
  app.addHook('onRequest', async ({ id, method }) => {
    requests.set(id, tracer.startSpan(method, { kind: SpanKind.SERVER }));
  });
  app.addHook('onResponse', async (request, reply) => {
    const { id, method } = request;
    const span = requests.get(id);
    if (!span) return;
    requests.delete(id);
    const route = request.is404 ? 'none' : (request.routeOptions.url ?? 'none');
    span.updateName(`${method} ${route}`);
    span.setAttributes({
      'http.request.method': method,
      'http.route': route,
      'http.response.status_code': reply.statusCode,
      'rally.correlation.id': id,
    });
    if (reply.statusCode >= 500) span.setStatus({ code: SpanStatusCode.ERROR });
    span.end();
  });
}
