import type pg from 'pg';
import { Registry } from 'prom-client';
import { afterAll, afterEach, beforeAll } from 'vitest';
import type { EventStore } from '../../platform/event-store/event-store.ts';
import type { Service } from '../../platform/service/service.ts';
import {
  type ProjectionServiceOptions,
  startProjectionService,
} from '../../projection-service/start-projection-service.ts';
import { openReadSides, type ReadSides, silent } from './read-side.ts';
import { RecordingBus } from './recording-bus.ts';
import { START } from './story.ts';

export interface RunningProjection {
  readonly service: Service;
  readonly bus: RecordingBus;
  metric(name: string): Promise<number | undefined>;
}

/** Starts projection services that react quickly, and stops what is left of them. */
export class RunningServices {
  readonly #services: Service[] = [];

  async start(
    pool: pg.Pool,
    schema: string | undefined,
    store: EventStore,
    options: Partial<ProjectionServiceOptions> = {},
  ): Promise<RunningProjection> {
    const bus = new RecordingBus();
    const registry = new Registry();
    const service = await startProjectionService({
      store,
      bus,
      pool,
      schema,
      configuration: { FEED_RETENTION_S: 86_400, WRITE_INTERVAL_MS: 1 },
      logger: silent,
      metrics: registry,
      clock: () => new Date(START),
      ...options,
      limits: { pollMs: 50, ...options.limits },
    });
    this.#services.push(service);
    return {
      service,
      bus,
      metric: async (name) => (await registry.getSingleMetric(name)?.get())?.values[0]?.value,
    };
  }

  async stop(): Promise<void> {
    await Promise.all(this.#services.splice(0).map((service) => service.stop()));
  }
}

/** For the tests of a file, or of a `describe`: services that are stopped after each test, on one database. */
export function useServices(): { readonly sides: ReadSides; readonly services: RunningServices } {
  let sides: ReadSides;
  const services = new RunningServices();
  beforeAll(async () => {
    sides = await openReadSides();
  });
  afterEach(() => services.stop());
  afterAll(() => sides.close());
  return {
    services,
    get sides() {
      return sides;
    },
  };
}
