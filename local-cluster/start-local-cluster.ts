import { publicHost } from '../gateway/public-address.ts';
import { assertAddressFree } from '../platform/service/address-free.ts';
import type { ProcessContext } from '../platform/service/run-process.ts';
import { dataDirectoryOf } from '../standalone/configuration.ts';
import { openDatabase } from '../standalone/database.ts';
import { nowAndThen } from '../standalone/now-and-then.ts';
import { type LocalClusterConfiguration, PROCESS_SHARE } from './configuration.ts';
import { freePort } from './free-port.ts';
import { startNatsServer } from './nats-server.ts';
import { startTogether } from './process-group.ts';
import { startServiceProcess } from './service-process.ts';

export interface LocalCluster {
  /** Of the gateways. */
  readonly addresses: readonly string[];
  /** For a person: where the data is. */
  readonly place: string;
  /** For a person: each process, and where its health and metrics are. */
  readonly processes: readonly { readonly name: string; readonly ops: string }[];
}

/** Gateways of a cluster that was killed let go of their ports as soon as they notice, and then drain. */
const LETTING_GO_MS = 3000;

type Environment = Readonly<Record<string, string>>;

/**
 * Every service in processes of its own, some in several, as on a cluster of machines. What takes long to start is told
 * to a person through `tell`, line by line.
 */
export async function startLocalCluster(
  configuration: LocalClusterConfiguration,
  { logger, metrics, parts, addProcess, fail }: ProcessContext,
  tell: (line: string) => void,
): Promise<LocalCluster> {
  const {
    HOST,
    PORT,
    GATEWAYS,
    COMMAND_SERVICES,
    PROJECTION_SERVICES,
    HOUSEKEEPERS,
    NATS_URL,
    ALLOWED_ORIGINS,
    DRAIN_TIMEOUT_MS,
  } = configuration;
  const ports = await Promise.all(
    numbersTo(GATEWAYS).map((number) => (PORT ? PORT + number - 1 : freePort())),
  );
  for (const port of ports) await assertAddressFree(HOST, port, LETTING_GO_MS);
  const natsUrl = NATS_URL ?? (await startOwnNats());
  const { url, jwtSecret, place } = await openDatabase(
    { ...configuration, DATA_DIR: dataDirectoryOf(configuration) },
    { parts, fail, metrics },
  );

  async function startOwnNats(): Promise<string> {
    const server = await parts.add(startNatsServer(await freePort(), () => fail('nats-server has ended')));
    return server.url;
  }

  const addressOf = (port: number) => `http://${publicHost(HOST)}:${port}`;
  const addresses = ports.map(addressOf);
  /** Pages of any address may use all gateways. */
  const origins = addresses.flatMap((address) => [address, address.replace('127.0.0.1', 'localhost')]);
  const drainMs = Math.ceil(DRAIN_TIMEOUT_MS * PROCESS_SHARE);
  const everywhere = {
    DATABASE_URL: url,
    NATS_URL: natsUrl,
    JWT_SECRET: jwtSecret,
    ALLOWED_ORIGINS: (ALLOWED_ORIGINS ?? origins).join(),
    DRAIN_DELAY_MS: '0',
    DRAIN_TIMEOUT_MS: String(drainMs),
    OPS_HOST: '127.0.0.1',
  };
  const processes: { name: string; ops: string }[] = [];

  async function start(name: string, service: string, own: Environment = {}) {
    const ops = { host: everywhere.OPS_HOST, port: await freePort() };
    const url = `http://${ops.host}:${ops.port}`;
    processes.push({ name, ops: url });
    addProcess({ name, url });
    const environment = { ...everywhere, OPS_PORT: String(ops.port), ...own };
    const tellWaiting = nowAndThen(tell);
    return startServiceProcess({
      name,
      entry: `${service}/main.js`,
      environment,
      ops,
      drainMs,
      logger,
      onWaiting: (reason) => tellWaiting(`Waiting for ${name} (${reason})`),
      signal: parts.stopping,
    });
  }
  const together = (name: string, ...starting: readonly Readonly<Parameters<typeof start>>[]) =>
    parts.add(
      startTogether(
        name,
        starting.map((process) => start(...process)),
      ),
    );

  await together(
    'projection-services',
    ...numbersTo(PROJECTION_SERVICES).map(
      (number) => [`projection-service-${number}`, 'projection-service'] as const,
    ),
  );
  await together(
    'command-services',
    ...numbersTo(COMMAND_SERVICES).map((number) => [`command-service-${number}`, 'command-service'] as const),
  );
  await together(
    'gateways and housekeeping',
    ...numbersTo(HOUSEKEEPERS).map((number) => [`housekeeping-${number}`, 'housekeeping'] as const),
    ...ports.map((port, index) => [`gateway-${index + 1}`, 'gateway', { PORT: String(port) }] as const),
  );
  return { addresses, place, processes };
}

const numbersTo = (last: number): number[] => Array.from({ length: last }, (_, index) => index + 1);
