import { Counter, Gauge, Histogram, type Registry } from 'prom-client';

export interface ProjectionMetrics {
  readonly position: Gauge;
  readonly leading: Gauge;
  readonly batchEvents: Histogram;
  readonly batchSeconds: Histogram;
  readonly gapSeconds: Histogram;
  readonly parked: Counter;
  readonly unknown: Counter;
  readonly published: Counter;
  readonly unpublished: Counter;
}

/** What is looked at when somebody asks for the metrics; null: it cannot be said now, and what was said last stays. */
export interface ProjectionLag {
  behindSeconds(): number;
  lagEvents(): Promise<number | null>;
  parkedEvents(): Promise<number | null>;
}

const NO_LAG: ProjectionLag = {
  behindSeconds: () => 0,
  lagEvents: async () => 0,
  parkedEvents: async () => 0,
};

const SECONDS = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5];

export function createProjectionMetrics(registry: Registry, lag: ProjectionLag = NO_LAG): ProjectionMetrics {
  const registers = [registry];
  const lookedAt = (name: string, help: string, look: () => number | Promise<number | null>) =>
    new Gauge({
      name: `rally_projection_${name}`,
      help,
      registers,
      async collect() {
        const value = await look();
        if (value !== null) this.set(value);
      },
    });
  const histogram = (name: string, help: string, buckets: number[]) =>
    new Histogram({ name: `rally_projection_${name}`, help, buckets, registers });
  const counter = (name: string, help: string) =>
    new Counter({ name: `rally_projection_${name}_total`, help, registers });

  lookedAt('behind_seconds', 'For how long the projection has not been at the end of the log.', () =>
    lag.behindSeconds(),
  );
  lookedAt(
    'lag_events',
    'Events of the log that the read models do not hold yet; in EventStoreDB an estimate by bytes.',
    () => lag.lagEvents(),
  );
  lookedAt('parked_waiting', 'Events that are set aside and wait for an operator.', () => lag.parkedEvents());
  return {
    position: new Gauge({
      name: 'rally_projection_position',
      help: 'The log has been projected up to this position.',
      registers,
    }),
    leading: new Gauge({
      name: 'rally_projection_leading',
      help: '1 while this instance writes the read models.',
      registers,
    }),
    batchEvents: histogram(
      'batch_events',
      'Events written in one transaction.',
      [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000],
    ),
    batchSeconds: histogram(
      'batch_seconds',
      'From the beginning of a write, with the flush before it, to its commit.',
      SECONDS,
    ),
    gapSeconds: histogram(
      'publish_to_write_seconds',
      'From taking the oldest event of a write, which is published at once, to the commit of its rows.',
      SECONDS,
    ),
    parked: counter('parked_events', 'Events that could not be projected and were set aside.'),
    unknown: counter(
      'unknown_events',
      'Events of a type or version that only a later version of Rally knows; they were passed over.',
    ),
    published: counter('published_pushes', 'Pushes handed to the message bus, counted once for each user.'),
    unpublished: counter('unpublished_pushes', 'Pushes that the message bus refused; gateways look them up.'),
  };
}
