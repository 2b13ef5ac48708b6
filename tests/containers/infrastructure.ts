import { randomBytes } from 'node:crypto';
import { GenericContainer, type StartedTestContainer, Wait } from 'testcontainers';
import { compose } from '../deployment/compose-file.ts';

/** A server in a container of its own, of the very image that the deployment runs. */
export interface ContainerServer {
  readonly url: string;
  stop(): Promise<void>;
}

/** Pulling the image is not counted. */
const STARTS_WITHIN_MS = 120_000;

const imageOf = (service: string): string => compose.services[service]?.image ?? '';

export async function startEventStoreDb(): Promise<ContainerServer> {
  const container = await new GenericContainer(imageOf('eventstore'))
    .withEnvironment(compose.services.eventstore?.environment ?? {})
    .withExposedPorts(2113)
    .withWaitStrategy(Wait.forHttp('/health/live', 2113).forStatusCodeMatching((status) => status < 300))
    .withStartupTimeout(STARTS_WITHIN_MS)
    .start();
  return serverAt(container, `esdb://${addressOf(container, 2113)}?tls=false`);
}

export async function startNats(): Promise<ContainerServer> {
  const password = randomBytes(12).toString('hex');
  const container = await new GenericContainer(imageOf('nats'))
    .withCommand(['--user', 'rally', '--pass', password])
    .withExposedPorts(4222)
    .withWaitStrategy(Wait.forLogMessage(/Server is ready/))
    .withStartupTimeout(STARTS_WITHIN_MS)
    .start();
  return serverAt(container, `nats://rally:${password}@${addressOf(container, 4222)}`);
}

export async function startPostgres(): Promise<ContainerServer> {
  const password = randomBytes(12).toString('hex');
  const container = await new GenericContainer(imageOf('postgres'))
    .withEnvironment({ POSTGRES_USER: 'rally', POSTGRES_DB: 'rally', POSTGRES_PASSWORD: password })
    .withExposedPorts(5432)
    // The first time is for the image's own setup, after which the server starts anew.
    .withWaitStrategy(Wait.forLogMessage(/database system is ready to accept connections/, 2))
    .withStartupTimeout(STARTS_WITHIN_MS)
    .start();
  return serverAt(container, `postgres://rally:${password}@${addressOf(container, 5432)}/rally`);
}

const addressOf = (container: StartedTestContainer, port: number): string =>
  `${container.getHost()}:${container.getMappedPort(port)}`;

const serverAt = (container: StartedTestContainer, url: string): ContainerServer => ({
  url,
  stop: async () => void (await container.stop()),
});
