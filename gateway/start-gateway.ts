import type { Logger } from 'pino';
import type { Registry } from 'prom-client';
import type { Clock } from '../platform/clock.ts';
import { migrateLiveness } from '../platform/liveness/migrations.ts';
import type { MessageBus, Subscription } from '../platform/message-bus/message-bus.ts';
import { readPayload } from '../platform/message-bus/payload.ts';
import { assertUsableServer } from '../platform/postgres/assert-usable-server.ts';
import { createPostgresPool } from '../platform/postgres/postgres-pool.ts';
import { PAGE_PLANNING } from '../platform/postgres/prepared-dialect.ts';
import type { Service } from '../platform/service/service.ts';
import type { Tracing } from '../platform/tracing/tracing.ts';
import { accountToErase, ERASE_ACCOUNT } from '../protocol/subjects.ts';
import { MISSED_CONNECTIONS } from '../read-models/feed/missed.ts';
import { openReadModels } from '../read-models/read-models.ts';
import { ReadModelsUnavailable } from '../read-models/snapshot.ts';
import { openAccounts } from './accounts/accounts.ts';
import { createClientAddressOf } from './client-address.ts';
import { createCommandClient, oneByOne } from './command-client.ts';
import type { GatewayConfiguration } from './configuration.ts';
import { createHttpApi } from './http/create-http-api.ts';
import { PAGES_AT_ONCE } from './http/request-steps.ts';
import { builtWebClient, readWebClient, type WebClient } from './http/web-client.ts';
import { Leader } from './leader.ts';
import { openPresence, type Presence } from './presence/presence.ts';
import { followProjectedPosition } from './projected-position.ts';
import { createAllowsOrigin, publicHost } from './public-address.ts';
import { admitConnections } from './public-server/connection-admission.ts';
import { encodeText } from './public-server/encode-text.ts';
import { listenPublicly } from './public-server/listen-publicly.ts';
import { OWN_READS_AT_ONCE } from './websocket/own-reads.ts';
import { createWebSocketGateway } from './websocket/websocket-gateway.ts';

export interface GatewayOptions {
  readonly configuration: GatewayConfiguration;
  /** Of the read models and the accounts. */
  readonly databaseUrl: string;
  /** Not closed by the gateway. */
  readonly bus: MessageBus;
  readonly logger: Logger;
  readonly metrics: Registry;
  readonly clock: Clock;
  readonly newId: () => string;
  /** Default: off. */
  readonly tracing?: Tracing | null;
}

export interface Gateway extends Service {
  /** `http://host:port`, where clients find it. */
  readonly address: string;
}

/** For pages, for frames, for resumes, and one more: readiness and what is neither must not wait behind these. */
const READ_CONNECTIONS = PAGES_AT_ONCE + OWN_READS_AT_ONCE + MISSED_CONNECTIONS + 1;

/** For sessions and logins, which pages never keep waiting. More would only queue in the database instead of here. */
const ACCOUNT_CONNECTIONS = 4;

/** One to say that this gateway lives, for which nothing must ever wait, and one to say who does something. */
const PRESENCE_CONNECTIONS = 2;

/** Queries are short: one that takes longer is in trouble, and its caller has gone. */
const STATEMENT_TIMEOUT_MS = 5000;

/** The only public face: `/api` and `/ws/events` on one address. Rejects with `AddressUnavailable`, or `ConfigurationError`. */
export async function startGateway(options: GatewayOptions): Promise<Gateway> {
  const { configuration, bus, logger, metrics: registry, clock, newId, tracing = null } = options;
  const host = publicHost(configuration.HOST);
  let port = configuration.PORT;

  const openPool = (applicationName: string, max: number, statementTimeoutMs = STATEMENT_TIMEOUT_MS) =>
    createPostgresPool({
      url: options.databaseUrl,
      applicationName,
      max,
      statementTimeoutMs,
      connectTimeoutMs: statementTimeoutMs,
      settings: PAGE_PLANNING,
      logger,
      metrics: registry,
    });
  const readPool = openPool('rally gateway pages', READ_CONNECTIONS);
  const accountPool = openPool('rally gateway accounts', ACCOUNT_CONNECTIONS);
  // A beat that hangs, or its connection, is begun again well within the lease.
  const beatTimeoutMs = Math.max(configuration.SESSION_LEASE_S * 200, 1000);
  const presencePool = openPool('rally gateway presence', PRESENCE_CONNECTIONS, beatTimeoutMs);
  const endPools = () => Promise.all([readPool, accountPool, presencePool].map((pool) => pool.end()));
  const readModels = openReadModels({ pool: readPool, logger });
  const sendCommands = createCommandClient(bus, configuration.COMMAND_TIMEOUT_MS, logger);
  const sendCommand = oneByOne(sendCommands);
  const allowsOrigin = createAllowsOrigin(configuration.ALLOWED_ORIGINS, () => ({ host, port }));
  const clientAddressOf = createClientAddressOf(configuration.TRUSTED_PROXY_HOPS, logger);
  const timeoutMs = configuration.READ_YOUR_WRITES_MS;
  const projected = await followProjectedPosition({ bus, readModels, timeoutMs, logger });
  const common = {
    configuration,
    bus,
    sendCommand,
    leader: new Leader(bus, logger),
    allowsOrigin,
    clientAddressOf,
    logger,
    registry,
    clock,
    newId,
  };

  let presence: Presence | undefined;
  let erasing: Subscription | undefined;
  try {
    await assertUsableServer(accountPool);
    await migrateLiveness(accountPool);
    const accounts = await openAccounts({ ...common, pool: accountPool });
    erasing = await bus.respond(ERASE_ACCOUNT, 'gateway', async (asked) => {
      await accounts.erase(readPayload(accountToErase, asked).username);
      return '';
    });
    presence = await openPresence({ ...common, pool: presencePool, sendCommands });
    const webClient = await openWebClient(configuration, logger);
    const http = await createHttpApi({
      ...common,
      tracing,
      accounts,
      readModels,
      projected,
      presence,
      webClient,
    });
    const webSocket = createWebSocketGateway({
      ...common,
      sendCommands,
      sessions: accounts,
      readModels,
      projected,
      presence,
      encodeText,
    });
    const publicServer = await listenPublicly({
      host: configuration.HOST,
      port: configuration.PORT,
      idleTimeoutS: configuration.IDLE_TIMEOUT_S,
      requestTimeoutS: configuration.REQUEST_TIMEOUT_S,
      controlFramesPerS: configuration.FRAME_LIMIT_PER_S,
      connections: admitConnections(logger, registry),
      handleHttp: http.handle,
      answerHandshake: webSocket.answerHandshake,
    });
    port = publicServer.port;
    let stopping = false;
    return {
      name: 'gateway',
      address: `http://${host}:${port}`,
      notReady: async () => {
        if (stopping) return 'stopping';
        return readModels.projectedPosition().then(
          () => null,
          (error) => (error instanceof ReadModelsUnavailable ? error.message : 'the database is away'),
        );
      },
      stop: async () => {
        stopping = true;
        publicServer.stopListening();
        await webSocket.drain();
        // Whoever was connected before is served until nothing is under way: a proxy does not ask another gateway again
        // after a 503, but it does after a connection that ends without an answer.
        await Promise.all([http.idle(), presence?.close(), erasing?.unsubscribe()]);
        await publicServer.close();
        await http.close();
        await projected.close();
        await endPools();
      },
    };
  } catch (error) {
    await erasing?.unsubscribe();
    await presence?.close();
    await projected.close();
    await endPools();
    throw error;
  }
}

async function openWebClient(
  { WEB_CLIENT, GAME_URL }: GatewayConfiguration,
  logger: Logger,
): Promise<WebClient | null> {
  if (WEB_CLIENT === 'off') return null;
  const webClient = await readWebClient(builtWebClient(), GAME_URL);
  if (!webClient) logger.warn('the web client has not been built, so none is served: `make build` makes it');
  return webClient;
}
