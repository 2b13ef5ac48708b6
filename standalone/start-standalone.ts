import { v7 as newId } from 'uuid';
import { startCommandService } from '../command-service/start-command-service.ts';
import { type Gateway, startGateway } from '../gateway/start-gateway.ts';
import { startHousekeeping } from '../housekeeping/start-housekeeping.ts';
import { openEventStore } from '../platform/event-store/open-event-store.ts';
import { RETENTION } from '../platform/event-store/retention.ts';
import { createInProcessBus } from '../platform/message-bus/in-process/in-process-bus.ts';
import { createPostgresPool } from '../platform/postgres/postgres-pool.ts';
import { assertAddressFree } from '../platform/service/address-free.ts';
import type { ProcessContext } from '../platform/service/run-process.ts';
import { PROJECTION_CONNECTIONS, STATEMENT_TIMEOUT_MS } from '../projection-service/configuration.ts';
import { startProjectionService } from '../projection-service/start-projection-service.ts';
import { busWhenTraced, storeWhenTraced } from '../tracing/when-traced.ts';
import { dataDirectoryOf, type StandaloneConfiguration } from './configuration.ts';
import { openDatabase } from './database.ts';
import { nowAndThen } from './now-and-then.ts';
import { untilFilled } from './until-filled.ts';

export interface Standalone {
  readonly gateway: Gateway;
  /** For a person: where the data is. */
  readonly place: string;
}

/** For a person. Positions in PostgreSQL count its events, from 0; those of EventStoreDB are places in its files. */
const progressAt = (position: bigint, eventStore: StandaloneConfiguration['EVENT_STORE']): string =>
  eventStore === 'postgres'
    ? `Filling the read models: ${position + 1n} events read so far`
    : `Filling the read models: at position ${position} of the log`;

/**
 * All of Rally in this process, on embedded parts: the same services as elsewhere, on other adapters. Its door opens
 * when the read models are filled; as long as that takes, a person is told of it through `tell`, line by line.
 */
export async function startStandalone(
  configuration: StandaloneConfiguration,
  context: ProcessContext,
  tell: (line: string) => void,
): Promise<Standalone> {
  const { logger, metrics, parts, tracing } = context;
  await assertAddressFree(configuration.HOST, configuration.PORT);
  const { url, jwtSecret, place } = await openDatabase(
    { ...configuration, DATA_DIR: dataDirectoryOf(configuration) },
    context,
  );
  const clock = () => new Date();

  const log = await openEventStore({ ...configuration, DATABASE_URL: url }, logger, RETENTION, metrics);
  parts.onStop('event store', () => log.close());
  const bus = await busWhenTraced(createInProcessBus({ logger }), tracing);
  parts.onStop('message bus', () => bus.close());
  const store = await storeWhenTraced(log, bus, tracing);
  const pool = createPostgresPool({
    url,
    applicationName: 'rally projection service',
    max: PROJECTION_CONNECTIONS,
    statementTimeoutMs: STATEMENT_TIMEOUT_MS,
    logger,
    metrics,
  });
  parts.onStop('projection connections', () => pool.end());

  await parts.add(startProjectionService({ store, bus, pool, configuration, logger, metrics, clock }));
  const tellProgress = nowAndThen(tell);
  await untilFilled({
    pool,
    signal: parts.stopping,
    onFilling: ({ position }) => tellProgress(progressAt(position, configuration.EVENT_STORE)),
  });
  await parts.add(startCommandService({ store, bus, configuration, logger, registry: metrics, clock }));
  await parts.add(startHousekeeping({ configuration, databaseUrl: url, bus, logger, metrics, clock, newId }));
  const gateway = await parts.add(
    startGateway({
      configuration: { ...configuration, JWT_SECRET: jwtSecret },
      databaseUrl: url,
      bus,
      logger,
      metrics,
      clock,
      newId,
      tracing,
    }),
  );
  return { gateway, place };
}
