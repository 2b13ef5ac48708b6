import { runProcess } from '../platform/service/run-process.ts';
import { busWhenTraced, storeWhenTraced } from '../tracing/when-traced.ts';
import {
  PROJECTION_CONNECTIONS,
  projectionProcessConfiguration,
  STATEMENT_TIMEOUT_MS,
} from './configuration.ts';

await runProcess({
  name: 'projection-service',
  purpose:
    'Follows the event log: fills the read models, pushes to the gateways. Of several one works, the others wait.',
  configuration: projectionProcessConfiguration,
  logTo: 'stdout',
  async start(configuration, { logger, metrics, parts, tracing }) {
    const { openEventStore } = await import('../platform/event-store/open-event-store.ts');
    const { openMessageBus } = await import('../platform/message-bus/open-message-bus.ts');
    const { createPostgresPool } = await import('../platform/postgres/postgres-pool.ts');
    const { startProjectionService } = await import('./start-projection-service.ts');
    const log = await openEventStore(configuration, logger, {}, metrics);
    parts.onStop('event store', () => log.close());
    const bus = await busWhenTraced(
      await parts.add(openMessageBus(configuration, 'projection-service', logger, metrics)),
      tracing,
    );
    const store = await storeWhenTraced(log, bus, tracing);
    const pool = createPostgresPool({
      url: configuration.DATABASE_URL,
      applicationName: 'rally projection service',
      max: PROJECTION_CONNECTIONS,
      statementTimeoutMs: STATEMENT_TIMEOUT_MS,
      logger,
      metrics,
    });
    parts.onStop('projection connections', () => pool.end());
    await parts.add(
      startProjectionService({
        store,
        bus,
        pool,
        configuration,
        logger,
        metrics,
        clock: () => new Date(),
      }),
    );
    logger.info('ready');
  },
});
