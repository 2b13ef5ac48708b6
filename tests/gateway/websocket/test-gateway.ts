import { randomUUID } from 'node:crypto';
import { pino } from 'pino';
import { Registry } from 'prom-client';
import { onTestFinished } from 'vitest';
import { Leader } from '../../../gateway/leader.ts';
import type { Handshake } from '../../../gateway/public-server/public-server.ts';
import {
  createWebSocketGateway,
  type WebSocketGatewayParts,
} from '../../../gateway/websocket/websocket-gateway.ts';
import { SESSION_CHANGED, type SessionChange } from '../../../protocol/subjects.ts';
import { encodeLine } from '../../support/encoded-lines.ts';
import { eventually, PATIENCE_MS } from '../../support/patience.ts';
import { TestPresence } from '../presence/test-presence.ts';
import { createTestBus } from './test-bus.ts';
import { TestCommands } from './test-commands.ts';
import { TestFeed } from './test-feed.ts';
import { TestPeople } from './test-people.ts';
import { TestSessions } from './test-sessions.ts';
import { TestTab } from './test-tab.ts';

export const ORIGIN = 'https://rally.example';

const CONFIGURATION = {
  FRAME_LIMIT_PER_S: 50,
  PENDING_SOCKETS_PER_ADDRESS: 100,
  SOCKETS_PER_USER: 20,
  RESUMES_PER_USER_PER_S: 100,
  PENDING_FRAMES_LIMIT: 256,
  RESUME_LIMIT: 100,
  CATCH_UP_TIMEOUT_MS: PATIENCE_MS,
  SLOW_CONSUMER_BYTES: 1024 * 1024,
  COMMAND_TIMEOUT_MS: 200,
  PING_INTERVAL_S: 25,
};

/** A WebSocket gateway among stand-ins. Ann is signed in as sessions `ann` and `ann-phone`, Bob as `bob`. */
export function createTestGateway(configuration: Partial<WebSocketGatewayParts['configuration']> = {}) {
  const bus = createTestBus();
  const feed = new TestFeed(bus);
  const people = new TestPeople(feed, bus);
  const sessions = new TestSessions();
  const commands = new TestCommands();
  const presence = new TestPresence();
  const registry = new Registry();
  const logger = pino({ level: 'silent' });
  const time = { now: Date.parse('2026-01-02T03:04:05Z') };
  const inAnHour = new Date(time.now + 3_600_000);
  sessions.start('ann', 'Ann', inAnHour);
  sessions.start('ann-phone', 'Ann', inAnHour);
  sessions.start('bob', 'Bob', inAnHour);
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
    presence,
    bus,
    allowsOrigin: (origin) => origin === ORIGIN,
    clientAddressOf: (remoteAddress, forwardedFor) => forwardedFor ?? remoteAddress,
    encodeText: encodeLine,
    configuration: { ...CONFIGURATION, ...configuration },
    logger,
    registry,
    clock: () => new Date(time.now),
    newId: randomUUID,
  });
  onTestFinished(() => gateway.drain());

  /** Without waiting for anything. */
  const connect = (sessionId: string, handshake: Partial<Handshake> = {}, { reads = true } = {}) =>
    new TestTab(
      gateway.answerHandshake({
        path: '/ws/events',
        query: '',
        headers: { cookie: `access_token=${sessionId}` },
        remoteAddress: '127.0.0.1',
        ...handshake,
      }),
      reads,
    );

  /** A tab that has been welcomed. */
  const open = async (sessionId: string, cursor?: string) => {
    const tab = connect(sessionId, cursor === undefined ? {} : { query: `cursor=${cursor}` });
    await eventually(() => {
      if (tab.of('welcome').length !== 1) throw new Error('not welcomed yet');
    });
    return tab;
  };

  const sessionChanged = (change: SessionChange) => bus.publish(SESSION_CHANGED, JSON.stringify(change));

  const parts = { gateway, bus, feed, people, sessions, commands, presence, registry, time };
  return { ...parts, connect, open, sessionChanged };
}

/** A promise, and the means to fulfil it. */
export function gate(): { readonly opened: Promise<void>; open(): void } {
  let open = () => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open };
}

/** Lets everything happen that needs no timer. */
export const settle = (): Promise<void> =>
  new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
