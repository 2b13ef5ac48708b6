import { pino } from 'pino';
import { Registry } from 'prom-client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createListenPublicly } from '../../../gateway/public-server/listen-publicly.ts';
import type { PublicServer } from '../../../gateway/public-server/public-server.ts';
import { createWebSocketGateway } from '../../../gateway/websocket/websocket-gateway.ts';
import { Tab } from '../../support/tab.ts';
import { BAD_FRAMES } from './bad-frames.ts';
import { createTestBus } from './test-bus.ts';
import { TestCommands } from './test-commands.ts';
import { TestFeed } from './test-feed.ts';
import { TestSessions } from './test-sessions.ts';

const logger = pino({ level: 'silent' });
const bus = createTestBus();
const sessions = new TestSessions();
const gateway = createWebSocketGateway({
  sessions,
  sendCommand: new TestCommands().send,
  missed: new TestFeed(bus).missed,
  bus,
  allowsOrigin: () => false,
  configuration: {
    FRAME_LIMIT_PER_S: 1000,
    PENDING_FRAMES_LIMIT: 10,
    RESUME_LIMIT: 10,
    SLOW_CONSUMER_BYTES: 1024 * 1024,
    COMMAND_TIMEOUT_MS: 2000,
  },
  logger,
  registry: new Registry(),
  clock: () => new Date(),
  newId: () => '7b0e6f0e-3f0e-4f0e-8f0e-7b0e6f0e3f0e',
});

let server: PublicServer;
let bystander: Tab;

async function openTab(): Promise<Tab> {
  const tab = new Tab(`ws://127.0.0.1:${server.port}/ws/events`, { authorization: 'Bearer ann' });
  await tab.action('welcome');
  return tab;
}

beforeAll(async () => {
  sessions.start('ann', 'Ann', new Date(Date.now() + 3_600_000));
  server = await createListenPublicly(logger)({
    host: '127.0.0.1',
    port: 0,
    idleTimeoutS: 120,
    handleHttp: async () => ({ status: 404, headers: {}, body: '' }),
    answerHandshake: gateway.answerHandshake,
  });
  bystander = await openTab();
});

afterAll(async () => {
  await gateway.drain();
  await server.close();
});

describe('a frame that breaks the protocol closes with 3100, and another tab goes on:', () => {
  it.each(Object.entries(BAD_FRAMES))('%s', async (_, frame) => {
    const tab = await openTab();
    tab.socket.send(frame);
    expect((await tab.closed).code).toBe(3100);
    const id = '7b0e6f0e-3f0e-4f0e-8f0e-7b0e6f0e3f0e';
    expect(await bystander.ask('read_message', { id })).toMatchObject({ action: 'ack' });
  });

  it('there are at least sixty of them', () => {
    expect(Object.keys(BAD_FRAMES).length).toBeGreaterThanOrEqual(60);
  });
});
