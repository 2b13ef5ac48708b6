import { randomBytes } from 'node:crypto';
import { expect } from 'vitest';
import { freePort } from '../../local-cluster/free-port.ts';
import type { Deployment, Settings } from './deployment.ts';
import { type ManagedProcess, startManaged } from './managed-process.ts';
import { eventually } from './patience.ts';

/** Every service in processes of its own: two gateways, two command services, one of each other. */
export interface ServiceProcesses extends Deployment {
  readonly addresses: readonly [string, string];
  readonly projection: ManagedProcess;
  readonly commands: readonly [ManagedProcess, ManagedProcess];
  readonly gateways: readonly [ManagedProcess, ManagedProcess];
  readonly housekeeping: ManagedProcess;
  /** All of these, in this order. */
  readonly all: readonly ManagedProcess[];
  /** Resolves once `/health/ready` of all of them answers with these. */
  expectReadiness(statuses: readonly (number | null)[]): Promise<void>;
}

/**
 * `settings` name what they stand on; `projectionSettings` are on top, for the projection service alone, which may take
 * `fillingMs` to read what is in the log before.
 */
export async function startServiceProcesses(
  settings: Settings,
  projectionSettings: Settings = {},
  fillingMs?: number,
): Promise<ServiceProcesses> {
  const ports = [await freePort(), await freePort()] as const;
  const addresses = [`http://127.0.0.1:${ports[0]}`, `http://127.0.0.1:${ports[1]}`] as const;
  const environment = {
    JWT_SECRET: randomBytes(32).toString('base64url'),
    ALLOWED_ORIGINS: addresses.join(),
    ...settings,
  };
  const gateway = (port: number) => startManaged('gateway/main.js', { ...environment, PORT: String(port) });

  const projection = await startManaged(
    'projection-service/main.js',
    { ...environment, ...projectionSettings },
    fillingMs,
  );
  const commands = await Promise.all([
    startManaged('command-service/main.js', environment),
    startManaged('command-service/main.js', environment),
  ]);
  const [housekeeping, ...gateways] = await Promise.all([
    startManaged('housekeeping/main.js', environment),
    gateway(ports[0]),
    gateway(ports[1]),
  ]);
  const all = [projection, ...commands, ...gateways, housekeeping];
  return {
    addresses,
    projection,
    commands,
    gateways,
    housekeeping,
    all,
    expectReadiness: (statuses) =>
      eventually(async () =>
        expect(await Promise.all(all.map((service) => service.readiness()))).toEqual(statuses),
      ),
    async stop() {
      await Promise.all([...gateways, housekeeping].map((process) => process.stop()));
      await Promise.all([...commands, projection].map((process) => process.stop()));
    },
  };
}
