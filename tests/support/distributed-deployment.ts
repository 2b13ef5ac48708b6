import type { Settings } from './deployment.ts';
import { type NatsServer, startNatsServer } from './nats-server.ts';
import { type ServiceProcesses, startServiceProcesses } from './service-processes.ts';
import { createTestDatabase } from './test-database.ts';

/** Every service in processes of its own, over a real NATS server. */
export interface DistributedDeployment extends ServiceProcesses {
  readonly nats: NatsServer;
  readonly databaseUrl: string;
}

export interface DistributedOptions {
  /** From the NATS server's address to the one at which the projection service shall find it. */
  readonly natsForProjection?: (url: string) => Promise<string>;
  /** From the database's address to the one at which all services shall find it. */
  readonly databaseForServices?: (url: string) => Promise<string>;
  /** For a new database on an old log: how long it may take to read all of that. */
  readonly fillingMs?: number;
}

/** `settings` name the event store; without, the log is in the deployment's PostgreSQL. */
export async function startDistributed(
  settings: Settings = {},
  {
    natsForProjection = async (url) => url,
    databaseForServices = async (url) => url,
    fillingMs,
  }: DistributedOptions = {},
): Promise<DistributedDeployment> {
  const [database, nats] = await Promise.all([createTestDatabase(), startNatsServer()]);
  const services = await startServiceProcesses(
    { DATABASE_URL: await databaseForServices(database.url), NATS_URL: nats.url, ...settings },
    { NATS_URL: await natsForProjection(nats.url) },
    fillingMs,
  );
  return {
    ...services,
    nats,
    databaseUrl: database.url,
    async stop() {
      await services.stop();
      await nats.stop();
      await database.drop();
    },
  };
}
