import type { Logger } from 'pino';
import type { Registry } from 'prom-client';
import type { Clock } from '../platform/clock.ts';
import type { MessageBus } from '../platform/message-bus/message-bus.ts';
import { assertUsableServer } from '../platform/postgres/assert-usable-server.ts';
import { createLease, migrateLeases } from '../platform/postgres/leases.ts';
import { createPostgresPool } from '../platform/postgres/postgres-pool.ts';
import { PAGE_PLANNING } from '../platform/postgres/prepared-dialect.ts';
import type { Service } from '../platform/service/service.ts';
import { openReadModels } from '../read-models/read-models.ts';
import { READ_SCHEMA } from '../read-models/schema-name.ts';
import { type HousekeepingConfiguration, LEASE_MS } from './configuration.ts';
import { dueDuels } from './duels.ts';
import { keepHouse } from './keep-house.ts';
import { createHousekeepingMetrics } from './metrics.ts';
import { createSendCommands } from './send-commands.ts';
import { workingOff } from './work-off.ts';

export interface HousekeepingOptions {
  readonly configuration: HousekeepingConfiguration;
  /** Of the read models and the lease. */
  readonly databaseUrl: string;
  /** Not closed by the service. */
  readonly bus: MessageBus;
  readonly logger: Logger;
  readonly metrics: Registry;
  readonly clock: Clock;
  readonly newId: () => string;
}

/** The loop does one thing after the other. */
const CONNECTIONS = 1;

/** Statements find few rows by an index. One that takes longer is in trouble: it is tried again, and a stop does not wait for it. */
const STATEMENT_TIMEOUT_MS = 1000;

/**
 * Works off what the read models' to-do lists say is due, by ordinary commands: what expires, and what a crash left half done. Of
 * several instances the one that holds the lease works; another takes over when it stops, or has not renewed it for `LEASE_MS`.
 *
 * It keeps nothing else. Killed at any point, or two at once, it does no harm: the lists say what is left, and the commands' rules
 * what is to be done. Resolves and rejects as `keepHouse` does.
 */
export async function startHousekeeping(options: HousekeepingOptions): Promise<Service> {
  const { configuration, databaseUrl, bus, logger, clock, newId } = options;
  const pool = createPostgresPool({
    url: databaseUrl,
    applicationName: 'rally housekeeping',
    max: CONNECTIONS,
    statementTimeoutMs: STATEMENT_TIMEOUT_MS,
    connectTimeoutMs: STATEMENT_TIMEOUT_MS,
    // A lease that a crash of the database has forgotten is claimed again.
    settings: { ...PAGE_PLANNING, synchronous_commit: 'off' },
    logger,
  });
  const metrics = createHousekeepingMetrics(options.metrics);
  const lists = [dueDuels(openReadModels({ pool, schema: READ_SCHEMA, logger }))];
  const sendCommands = createSendCommands({ bus, logger, metrics, newId });
  try {
    const house = await keepHouse({
      async prepare() {
        await assertUsableServer(pool);
        await migrateLeases(pool);
      },
      lease: createLease({ pool, name: 'housekeeping', holder: newId(), lapseMs: LEASE_MS }),
      chores: lists.map((list) => workingOff(list, { sendCommands, metrics, clock })),
      metrics,
      intervalMs: configuration.HOUSEKEEPING_INTERVAL_MS,
      logger,
    });
    return {
      ...house,
      async stop() {
        await house.stop();
        await pool.end();
      },
    };
  } catch (error) {
    await pool.end();
    throw error;
  }
}
