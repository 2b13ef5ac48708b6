import type { Logger } from 'pino';
import type { Registry } from 'prom-client';
import type { Clock } from '../platform/clock.ts';
import { openKeys } from '../platform/keys/open-keys.ts';
import { GATEWAYS } from '../platform/liveness/configuration.ts';
import { createLastSeen } from '../platform/liveness/last-seen.ts';
import { createMemberWatch } from '../platform/liveness/members.ts';
import { migrateLiveness } from '../platform/liveness/migrations.ts';
import type { MessageBus } from '../platform/message-bus/message-bus.ts';
import { assertUsableServer } from '../platform/postgres/assert-usable-server.ts';
import { createLease, migrateLeases } from '../platform/postgres/leases.ts';
import { createPostgresPool } from '../platform/postgres/postgres-pool.ts';
import { PAGE_PLANNING } from '../platform/postgres/prepared-dialect.ts';
import type { Service } from '../platform/service/service.ts';
import { openReadModels } from '../read-models/read-models.ts';
import { type HousekeepingConfiguration, LEASE_MS } from './configuration.ts';
import { dueDuels } from './duels.ts';
import { erasures } from './erasures.ts';
import { idleSessions } from './idle-sessions.ts';
import { keepHouse } from './keep-house.ts';
import { LostGateways } from './lost-gateways.ts';
import { createHousekeepingMetrics } from './metrics.ts';
import { dueDepartures } from './presence.ts';
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

/** One after the other. */
const CONNECTIONS = 1;

/** Statements find few rows by an index. One that takes longer is in trouble: it is tried again, and a stop does not wait for it. */
const STATEMENT_TIMEOUT_MS = 1000;

/** Often enough that the looks of whoever watches gateways are one, however short the lease is. */
const LOOKS_IN_A_LEASE = 8;

/**
 * Works off what the read models' to-do lists say is due, by ordinary commands: what expires, what a crash left half done, and sessions
 * that nobody answers for. Of several instances the one that holds the lease works; another takes over when it stops, or has not renewed it
 * for `LEASE_MS`.
 *
 * It keeps nothing else. Killed at any point, or two at once, it does no harm: the lists say what is left, and the commands' rules
 * what is to be done. Resolves and rejects as `keepHouse` does.
 */
export async function startHousekeeping(options: HousekeepingOptions): Promise<Service> {
  const { configuration, databaseUrl, bus, logger, clock, newId } = options;
  const openPool = (applicationName: string, settings: Readonly<Record<string, string>>) =>
    createPostgresPool({
      url: databaseUrl,
      applicationName,
      max: CONNECTIONS,
      statementTimeoutMs: STATEMENT_TIMEOUT_MS,
      connectTimeoutMs: STATEMENT_TIMEOUT_MS,
      settings: { ...PAGE_PLANNING, ...settings },
      logger,
      metrics: options.metrics,
    });
  // A lease that a crash of the database has forgotten is claimed again.
  const pool = openPool('rally housekeeping', { synchronous_commit: 'off' });
  // Waits behind no page of a list. What it expels stays expelled.
  const watchPool = openPool('rally housekeeping watch', {});
  const stopPools = () => Promise.all([pool.end(), watchPool.end()]);

  const metrics = createHousekeepingMetrics(options.metrics);
  const readModels = openReadModels({ pool, logger });
  const leaseMs = configuration.SESSION_LEASE_S * 1000;
  const lostGateways = new LostGateways({
    watch: createMemberWatch({
      pool: watchPool,
      group: GATEWAYS,
      lapseMs: leaseMs,
      now: () => performance.now(),
    }),
    readModels: openReadModels({ pool: watchPool, logger }),
    clock,
  });
  const lists = [
    dueDuels(readModels),
    dueDepartures(readModels),
    lostGateways.sessions,
    erasures({ readModels, keys: openKeys(watchPool), bus, logger }),
    idleSessions({
      readModels,
      lastSeen: createLastSeen(pool),
      limitMs: configuration.INACTIVITY_LIMIT_S * 1000,
      everyMs: configuration.SWEEP_INTERVAL_S * 1000,
    }),
  ];
  const sendCommands = createSendCommands({ bus, logger, metrics, newId });
  try {
    const house = await keepHouse({
      async prepare() {
        await assertUsableServer(pool);
        await migrateLeases(pool);
        await migrateLiveness(pool);
      },
      lease: createLease({ pool, name: 'housekeeping', holder: newId(), lapseMs: LEASE_MS }),
      chores: [
        lostGateways.watching,
        ...lists.map((list) => workingOff(list, { sendCommands, metrics, clock })),
      ],
      intervalMs: Math.min(configuration.HOUSEKEEPING_INTERVAL_MS, leaseMs / LOOKS_IN_A_LEASE),
      metrics,
      logger,
    });
    return {
      ...house,
      async stop() {
        await house.stop();
        await stopPools();
      },
    };
  } catch (error) {
    await stopPools();
    throw error;
  }
}
