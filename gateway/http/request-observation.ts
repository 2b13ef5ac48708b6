import type { FastifyInstance } from 'fastify';
import type { Logger } from 'pino';
import { Histogram, type Registry } from 'prom-client';

/** From a query that the database has in memory to a password that waits for its turn. In seconds. */
const BUCKETS_S = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** One log line and one measurement per request; by route, not by path: paths name users. */
export function observeRequests(app: FastifyInstance, logger: Logger, registry: Registry): void {
  const duration = new Histogram({
    name: 'rally_http_request_duration_seconds',
    help: 'Time from a whole request to its answer.',
    labelNames: ['method', 'route', 'status'] as const,
    buckets: BUCKETS_S,
    registers: [registry],
  });
  app.addHook('onResponse', async (request, reply) => {
    const { method, id: correlationId } = request;
    const route = request.is404 ? 'none' : (request.routeOptions.url ?? 'none');
    const status = reply.statusCode;
    const ms = Math.round(reply.elapsedTime * 100) / 100;
    duration.observe({ method, route, status }, ms / 1000);
    logger.debug({ method, route, status, ms, correlationId }, 'request answered');
  });
}
