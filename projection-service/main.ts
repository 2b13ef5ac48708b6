import { readConfiguration } from '../platform/configuration/read-configuration.ts';
import { openEventStore } from '../platform/event-store/open-event-store.ts';
import { openMessageBus } from '../platform/message-bus/open-message-bus.ts';
import { createPostgresPool } from '../platform/postgres/postgres-pool.ts';
import { runProcess } from '../platform/service/run-process.ts';
import { READ_SCHEMA } from '../read-models/schema-name.ts';
import { PROJECTION_CONNECTIONS, projectionProcessConfiguration } from './configuration.ts';
import { startProjectionService } from './start-projection-service.ts';

await runProcess({
  name: 'projection-service',
  defaults: { opsPort: 8092, logLevel: 'info' },
  logTo: 'stdout',
  async start({ environment, logger, metrics, parts }) {
    const configuration = readConfiguration(projectionProcessConfiguration, environment);
    const store = await openEventStore(configuration, logger);
    parts.onStop('event store', () => store.close());
    const bus = await parts.add(openMessageBus(configuration, 'projection-service', logger));
    const pool = createPostgresPool({
      url: configuration.DATABASE_URL,
      applicationName: 'rally projection service',
      max: PROJECTION_CONNECTIONS,
      logger,
    });
    parts.onStop('projection connections', () => pool.end());
    await parts.add(
      startProjectionService({
        store,
        bus,
        pool,
        schema: READ_SCHEMA,
        configuration,
        logger,
        metrics,
        clock: () => new Date(),
      }),
    );
    logger.info('ready');
  },
});
