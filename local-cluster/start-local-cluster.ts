import type { ProcessContext } from '../platform/service/run-process.ts';
import type { Service } from '../platform/service/service.ts';
import { openDatabase } from '../standalone/database.ts';
import type { LocalClusterConfiguration } from './configuration.ts';
import { startNatsServer } from './nats-server.ts';
import { freePort } from './ops-address.ts';
import { startServiceProcess } from './service-process.ts';

export interface LocalCluster {
  /** Of the two gateways. */
  readonly addresses: readonly [string, string];
  /** For a person: where the data is. */
  readonly place: string;
  /** For a person: each process, and where its health and metrics are. */
  readonly processes: readonly { readonly name: string; readonly ops: string }[];
}

type Environment = Readonly<Record<string, string>>;

/** Every service in processes of its own, two gateways and two command services, as on a cluster of machines. */
export async function startLocalCluster(
  configuration: LocalClusterConfiguration,
  { logger, parts, fail }: ProcessContext,
): Promise<LocalCluster> {
  const { url, jwtSecret, place } = await openDatabase(configuration, { parts, fail });
  const natsUrl = configuration.NATS_URL ?? (await startOwnNats());
  const processes: { name: string; ops: string }[] = [];
  const first = configuration.PORT || (await freePort());
  const second = configuration.PORT ? configuration.PORT + 1 : await freePort();
  const addresses = [`http://127.0.0.1:${first}`, `http://127.0.0.1:${second}`] as const;
  const common = { DATABASE_URL: url, NATS_URL: natsUrl, JWT_SECRET: jwtSecret };

  async function startOwnNats(): Promise<string> {
    const server = await parts.add(startNatsServer(await freePort(), () => fail('nats-server has ended')));
    return server.url;
  }

  async function start(name: string, service: string, own: Environment = {}): Promise<Service> {
    const ops = { host: '127.0.0.1', port: await freePort() };
    const environment = { ...common, OPS_HOST: ops.host, OPS_PORT: String(ops.port), ...own };
    const entry = `${service}/main.js`;
    const started = await parts.add(startServiceProcess({ name, entry, environment, ops, logger }));
    processes.push({ name, ops: `http://${ops.host}:${ops.port}` });
    return started;
  }

  /** Pages of either address may use both gateways. */
  const origins = addresses.flatMap((address) => [address, address.replace('127.0.0.1', 'localhost')]);
  const gateway = (port: number) => ({ PORT: String(port), ALLOWED_ORIGINS: origins.join() });

  await start('projection-service', 'projection-service');
  await start('command-service-1', 'command-service');
  await start('command-service-2', 'command-service');
  await start('gateway-1', 'gateway', gateway(first));
  await start('gateway-2', 'gateway', gateway(second));
  return { addresses, place, processes };
}
