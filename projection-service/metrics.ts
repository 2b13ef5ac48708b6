import { Counter, Gauge, Histogram, type Registry } from 'prom-client';

export interface ProjectionMetrics {
  readonly position: Gauge;
  readonly leading: Gauge;
  readonly behindSeconds: Gauge;
  readonly batchEvents: Histogram;
  readonly batchSeconds: Histogram;
  readonly parked: Counter;
  readonly unknown: Counter;
  readonly unpublished: Counter;
}

export function createProjectionMetrics(registry: Registry): ProjectionMetrics {
  const registers = [registry];
  return {
    position: new Gauge({
      name: 'rally_projection_position',
      help: 'The log has been projected up to this position',
      registers,
    }),
    leading: new Gauge({
      name: 'rally_projection_leading',
      help: '1 while this instance writes the read models',
      registers,
    }),
    behindSeconds: new Gauge({
      name: 'rally_projection_behind_seconds',
      help: 'For how long the projection has not been at the end of the log',
      registers,
    }),
    batchEvents: new Histogram({
      name: 'rally_projection_batch_events',
      help: 'Events written in one transaction',
      buckets: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000],
      registers,
    }),
    batchSeconds: new Histogram({
      name: 'rally_projection_batch_seconds',
      help: 'From the beginning of a write, with the flush before it, to its commit',
      buckets: [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2],
      registers,
    }),
    parked: new Counter({
      name: 'rally_projection_parked_events_total',
      help: 'Events that could not be projected and were set aside',
      registers,
    }),
    unknown: new Counter({
      name: 'rally_projection_unknown_events_total',
      help: 'Events of a type or version that only a later version of Rally knows; they were passed over',
      registers,
    }),
    unpublished: new Counter({
      name: 'rally_projection_unpublished_pushes_total',
      help: 'Pushes that the message bus refused; gateways look them up',
      registers,
    }),
  };
}
