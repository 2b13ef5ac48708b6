import { randomBytes } from 'node:crypto';
import { expect, vi } from 'vitest';
import type { Deployment, Settings } from './deployment.ts';
import { freePort } from './free-port.ts';
import { type ManagedProcess, startManaged } from './managed-process.ts';
import { type NatsServer, startNatsServer } from './nats-server.ts';
import { createTestDatabase } from './test-database.ts';

/** Every service in processes of its own: two gateways, two command services, over a real NATS server. */
export interface DistributedDeployment extends Deployment {
  readonly addresses: readonly [string, string];
  readonly nats: NatsServer;
  readonly databaseUrl: string;
  readonly projection: ManagedProcess;
  readonly commands: readonly [ManagedProcess, ManagedProcess];
  readonly gateways: readonly [ManagedProcess, ManagedProcess];
  /** All of these, in this order. */
  readonly all: readonly ManagedProcess[];
  /** Resolves once `/health/ready` of all of them answers with these. */
  expectReadiness(statuses: readonly (number | null)[]): Promise<void>;
}

export interface DistributedOptions {
  /** From the NATS server's address to the one at which the projection service shall find it. */
  readonly natsForProjection?: (url: string) => Promise<string>;
}

/** `settings` name the event store; without, the log is in the deployment's PostgreSQL. */
export async function startDistributed(
  settings: Settings = {},
  { natsForProjection = async (url) => url }: DistributedOptions = {},
): Promise<DistributedDeployment> {
  const [database, nats] = await Promise.all([createTestDatabase(), startNatsServer()]);
  const ports = [await freePort(), await freePort()] as const;
  const addresses = [`http://127.0.0.1:${ports[0]}`, `http://127.0.0.1:${ports[1]}`] as const;
  const environment = {
    DATABASE_URL: database.url,
    NATS_URL: nats.url,
    JWT_SECRET: randomBytes(32).toString('base64url'),
    ALLOWED_ORIGINS: addresses.join(),
    ...settings,
  };
  const gateway = (port: number) => startManaged('gateway/main.js', { ...environment, PORT: String(port) });

  const projection = await startManaged('projection-service/main.js', {
    ...environment,
    NATS_URL: await natsForProjection(nats.url),
  });
  const commands = await Promise.all([
    startManaged('command-service/main.js', environment),
    startManaged('command-service/main.js', environment),
  ]);
  const gateways = await Promise.all([gateway(ports[0]), gateway(ports[1])]);
  const all = [projection, ...commands, ...gateways];
  return {
    addresses,
    nats,
    databaseUrl: database.url,
    projection,
    commands,
    gateways,
    all,
    expectReadiness: (statuses) =>
      vi.waitFor(
        async () => expect(await Promise.all(all.map((service) => service.readiness()))).toEqual(statuses),
        10_000,
      ),
    async stop() {
      await Promise.all(gateways.map((process) => process.stop()));
      await Promise.all([...commands, projection].map((process) => process.stop()));
      await nats.stop();
      await database.drop();
    },
  };
}
