import { randomUUID } from 'node:crypto';
import { pino } from 'pino';
import { Registry } from 'prom-client';
import { Leader } from '../../../gateway/leader.ts';
import { encodeText } from '../../../gateway/public-server/encode-text.ts';
import { listenPublicly } from '../../../gateway/public-server/listen-publicly.ts';
import {
  createWebSocketGateway,
  type WebSocketGatewayParts,
} from '../../../gateway/websocket/websocket-gateway.ts';
import { PATIENCE_MS } from '../../support/patience.ts';
import { Tab } from '../../support/tab.ts';
import { TestPresence } from '../presence/test-presence.ts';
import { createTestBus } from './test-bus.ts';
import { TestCommands } from './test-commands.ts';
import { TestFeed } from './test-feed.ts';
import { TestPeople } from './test-people.ts';
import { TestSessions } from './test-sessions.ts';

const logger = pino({ level: 'silent' });

/** A WebSocket gateway among stand-ins, on real sockets. `open` opens a tab of Ann's. */
export async function startRealGateway(configuration: Partial<WebSocketGatewayParts['configuration']> = {}) {
  const bus = createTestBus();
  const feed = new TestFeed(bus);
  const people = new TestPeople(feed, bus);
  const commands = new TestCommands();
  const sessions = new TestSessions();
  sessions.start('ann', 'Ann', new Date(Date.now() + 3_600_000));
  const gateway = createWebSocketGateway({
    sessions,
    sendCommands: commands.send,
    readModels: {
      missed: feed.missed,
      presenceSince: people.presenceSince,
      presenceOf: people.presenceOf,
      typingTarget: people.typingTarget,
    },
    leader: new Leader(bus, logger),
    projected: feed,
    presence: new TestPresence(),
    bus,
    allowsOrigin: () => false,
    clientAddressOf: (remoteAddress) => remoteAddress,
    encodeText,
    configuration: {
      FRAME_LIMIT_PER_S: 1000,
      PENDING_SOCKETS_PER_ADDRESS: 100,
      SOCKETS_PER_USER: 100,
      RESUMES_PER_USER_PER_S: 1000,
      PENDING_FRAMES_LIMIT: 1000,
      RESUME_LIMIT: 1000,
      CATCH_UP_TIMEOUT_MS: PATIENCE_MS,
      SLOW_CONSUMER_BYTES: 1024 * 1024,
      COMMAND_TIMEOUT_MS: 2000,
      PING_INTERVAL_S: 25,
      ...configuration,
    },
    logger,
    registry: new Registry(),
    clock: () => new Date(),
    newId: randomUUID,
  });
  const server = await listenPublicly({
    host: '127.0.0.1',
    port: 0,
    idleTimeoutS: 120,
    requestTimeoutS: 15,
    controlFramesPerS: 1000,
    connections: { limit: 1000, refused() {} },
    handleHttp: async () => ({ status: 404, headers: {}, body: '' }),
    answerHandshake: gateway.answerHandshake,
  });
  const connect = (cursor = ''): Tab =>
    new Tab(`ws://127.0.0.1:${server.port}/ws/events?cursor=${cursor}`, { authorization: 'Bearer ann' });
  return {
    gateway,
    feed,
    people,
    commands,
    connect,
    async open(cursor = ''): Promise<Tab> {
      const tab = connect(cursor);
      await tab.action('welcome');
      return tab;
    },
    async stop(): Promise<void> {
      await gateway.drain();
      await server.close();
    },
  };
}
