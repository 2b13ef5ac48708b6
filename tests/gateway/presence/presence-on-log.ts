import { randomUUID } from 'node:crypto';
import { type Logger, pino } from 'pino';
import { Registry } from 'prom-client';
import { onTestFinished } from 'vitest';
import { duelConfiguration } from '../../../command-service/duel-limits.ts';
import { startCommandService } from '../../../command-service/start-command-service.ts';
import type { PresenceEvent } from '../../../domain/presence.ts';
import type { Session } from '../../../gateway/accounts/session.ts';
import { createCommandClient } from '../../../gateway/command-client.ts';
import { openPresence, type PresenceOptions } from '../../../gateway/presence/presence.ts';
import type { EventStore } from '../../../platform/event-store/event-store.ts';
import { openPostgresEventStore } from '../../../platform/event-store/postgres/postgres-event-store.ts';
import { streamOf } from '../../../platform/event-store/stream-name.ts';
import { GATEWAYS } from '../../../platform/liveness/configuration.ts';
import { createMemberWatch } from '../../../platform/liveness/members.ts';
import { migrateLiveness } from '../../../platform/liveness/migrations.ts';
import { createInProcessBus } from '../../../platform/message-bus/in-process/in-process-bus.ts';
import { type MessageBus, NoResponder } from '../../../platform/message-bus/message-bus.ts';
import { createPostgresPool } from '../../../platform/postgres/postgres-pool.ts';
import { type Command, HOUSEKEEPING } from '../../../protocol/commands.ts';
import { SESSION_CHANGED, sessionChange } from '../../../protocol/subjects.ts';
import { openDatabaseLink } from '../../support/link.ts';
import { createTestDatabase } from '../../support/test-database.ts';

const logger: Logger = pino({ level: 'silent' });

export const LEASE_S = 2;

/** A bus that goes away, or does to each request what a test says. */
export interface TroubledBus extends MessageBus {
  isAway: boolean;
  request: MessageBus['request'];
}

/** Gateways' presence beside a real command service, on one bus and one PostgreSQL: behind a link for gateways, and another for who watches them. */
export async function openPresenceOnLog(settings: Partial<PresenceOptions['configuration']> = {}) {
  const database = await createTestDatabase();
  const [gatewaysLink, watchLink] = [
    await openDatabaseLink(database.url),
    await openDatabaseLink(database.url),
  ];
  const closings: (() => Promise<unknown>)[] = [];
  onTestFinished(async () => {
    for (const link of [gatewaysLink, watchLink]) link.mend();
    for (const close of closings.toReversed()) await close();
    for (const link of [gatewaysLink, watchLink]) await link.close();
    await database.drop();
  });
  const openPool = (url: string, max: number) => {
    const pool = createPostgresPool({
      url,
      applicationName: 'test',
      max,
      statementTimeoutMs: 600,
      connectTimeoutMs: 600,
      logger,
    });
    closings.push(() => pool.end());
    return pool;
  };
  const pool = openPool(database.url, 2);
  await migrateLiveness(pool);

  const store: EventStore = await openPostgresEventStore({ url: database.url, logger });
  closings.push(() => store.close());
  const inProcess = createInProcessBus({ logger });
  closings.push(() => inProcess.close());
  const commandService = await startCommandService({
    store,
    bus: inProcess,
    logger,
    registry: new Registry(),
    clock: () => new Date(),
    configuration: duelConfiguration.parse({}),
  });
  closings.push(() => commandService.stop());
  const bus: TroubledBus = {
    ...inProcess,
    isAway: false,
    async request(...request) {
      if (bus.isAway) throw new NoResponder('away');
      return inProcess.request(...request);
    },
    publish(...message) {
      if (!bus.isAway) inProcess.publish(...message);
    },
  };

  /** As gateways are told by their tabs' sockets. */
  async function openGateway() {
    const registry = new Registry();
    const gatewayPool = openPool(gatewaysLink.url, 2);
    let statements = 0;
    gatewayPool.on('acquire', () => {
      statements += 1;
    });
    const presence = await openPresence({
      pool: gatewayPool,
      sendCommands: createCommandClient(bus, 500, logger),
      bus,
      configuration: {
        OFFLINE_GRACE_MS: 0,
        SESSION_LEASE_S: LEASE_S,
        INACTIVITY_LIMIT_S: 1800,
        ...settings,
      },
      logger,
      registry,
      clock: () => new Date(),
      newId: randomUUID,
    });
    closings.push(() => presence.close());
    await bus.subscribe(SESSION_CHANGED, (payload) => {
      const change = sessionChange.parse(JSON.parse(payload));
      if (change.change === 'active') presence.heardActive(change.sessionId);
    });
    const metric = async (name: string): Promise<number> =>
      (await registry.getSingleMetric(`rally_presence_${name}`)?.get())?.values[0]?.value ?? Number.NaN;
    return { ...presence, metric, statements: () => statements };
  }

  async function eventsOf(username: string): Promise<readonly PresenceEvent[]> {
    const events = await store.readStream(streamOf('presence', username), {
      direction: 'forwards',
      limit: 100_000,
    });
    return events.map(({ event }) => event);
  }

  const sendAsHousekeeping = createCommandClient(inProcess, 5000, logger);

  return {
    bus,
    gatewaysLink,
    watchLink,
    pool,
    store,
    openGateway,
    eventsOf,
    /** As housekeeping. */
    async send(command: Command): Promise<void> {
      const commandId = randomUUID();
      await sendAsHousekeeping(HOUSEKEEPING, [{ commandId, correlationId: commandId, command }]);
    },
    /** Whose sessions count. */
    sessionsOf: async (username: string) => (await eventsOf(username)).at(-1)?.data.sessions ?? [],
    /** In short: `SessionDropped: closed`. */
    storyOf: async (username: string) =>
      (await eventsOf(username)).map((event) =>
        event.type === 'SessionDropped' ? `${event.type}: ${event.data.reason}` : event.type,
      ),
    watch: () =>
      createMemberWatch({
        pool: openPool(watchLink.url, 1),
        group: GATEWAYS,
        lapseMs: LEASE_S * 1000,
        now: () => performance.now(),
      }),
  };
}

/** A sign-in of this user. */
export const signedIn = (username: string, loginId = randomUUID()): Session => ({
  username,
  sessionId: loginId,
  expiresAt: new Date(Date.now() + 3_600_000),
});
