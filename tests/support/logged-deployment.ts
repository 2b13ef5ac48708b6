import { pino } from 'pino';
import type { EventStoreConfiguration } from '../../platform/event-store/configuration.ts';
import type { EventStore } from '../../platform/event-store/event-store.ts';
import { openEventStore } from '../../platform/event-store/open-event-store.ts';
import type { Deployment, Settings } from './deployment.ts';
import { startDistributed } from './distributed-deployment.ts';
import { startDistributedOnDouble } from './distributed-on-double.ts';
import { startEmbedded } from './embedded-deployment.ts';
import { createTestDatabase } from './test-database.ts';

/** A whole Rally, and the log that it writes. */
export interface LoggedDeployment extends Deployment {
  readonly log: EventStore;
}

export type StartLogged = (settings: Settings) => Promise<LoggedDeployment>;

/** In one process, on a database of the suite's own PostgreSQL. */
export const startLoggedEmbedded: StartLogged = async (settings) => {
  const { url, drop } = await createTestDatabase();
  const deployment = await startEmbedded({ DATABASE_URL: url, JWT_SECRET: 'x'.repeat(32), ...settings });
  const logged = await withLog(deployment, { EVENT_STORE: 'postgres', DATABASE_URL: url });
  return {
    ...logged,
    async stop() {
      await logged.stop();
      await drop();
    },
  };
};

export const startLoggedDistributed: StartLogged = async (settings) => {
  const deployment = await startDistributed(settings);
  return withLog(deployment, { EVENT_STORE: 'postgres', DATABASE_URL: deployment.databaseUrl });
};

export const startLoggedOnDouble: StartLogged = async (settings) => {
  const deployment = await startDistributedOnDouble(settings);
  return withLog(deployment, {
    EVENT_STORE: 'eventstoredb',
    EVENTSTORE_URL: deployment.double.url,
    DATABASE_URL: deployment.databaseUrl,
  });
};

async function withLog(deployment: Deployment, where: EventStoreConfiguration): Promise<LoggedDeployment> {
  const log = await openEventStore(where, pino({ level: 'silent' }));
  return {
    ...deployment,
    log,
    async stop() {
      await log.close();
      await deployment.stop();
    },
  };
}
