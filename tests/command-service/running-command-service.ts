import { randomUUID } from 'node:crypto';
import { type Logger, pino } from 'pino';
import { Registry } from 'prom-client';
import { afterAll, beforeAll, onTestFinished } from 'vitest';
import { type DuelConfiguration, duelConfiguration } from '../../command-service/duel-limits.ts';
import { startCommandService } from '../../command-service/start-command-service.ts';
import type { Clock } from '../../platform/clock.ts';
import type { EventStore } from '../../platform/event-store/event-store.ts';
import { openEventStoreDb } from '../../platform/event-store/eventstoredb/open-eventstoredb.ts';
import { openPostgresEventStore } from '../../platform/event-store/postgres/postgres-event-store.ts';
import { createInProcessBus } from '../../platform/message-bus/in-process/in-process-bus.ts';
import { readPayload } from '../../platform/message-bus/payload.ts';
import {
  type Command,
  type CommandReplies,
  type CommandReply,
  commandReplies,
} from '../../protocol/commands.ts';
import { COMMANDS } from '../../protocol/subjects.ts';
import { createTestDatabase, type TestDatabase } from '../support/test-database.ts';

export interface RunningCommandService {
  /** Sends a command as a gateway does; `commandId` is a new one unless it is a repetition. */
  send(actor: string, command: Command, commandId?: string): Promise<CommandReply>;
  /** Sends commands in one request; a reply for each. */
  sendTogether(actor: string, commands: readonly Command[]): Promise<CommandReply[]>;
  /** As `send`, with so much time left, or for another time. */
  sendAs(actor: string, command: Command, how: Asking): Promise<CommandReply>;
  /** Sends whatever text. */
  sendText(text: string): Promise<CommandReplies>;
  /** What really stands in the log. */
  readonly store: EventStore;
  notReady(): Promise<string | null>;
  metrics(): Promise<string>;
  stop(): Promise<void>;
}

export interface Asking {
  readonly leftMs?: number;
  readonly askedBefore?: boolean;
}

export interface RunningOptions {
  /** Of the log: in PostgreSQL, or as `esdb://` in EventStoreDB. */
  readonly databaseUrl: string;
  /** A store between the service and the real one, for what a real one does only on a bad day. */
  readonly through?: (store: EventStore) => EventStore;
  readonly logger?: Logger;
  readonly clock?: Clock;
  readonly commandsUnderWayLimit?: number;
  readonly commandsAtOnce?: number;
  readonly conflictRetries?: number;
  readonly configuration?: Partial<DuelConfiguration>;
}

/** Seconds after the moment at which all instances are that have no other clock. */
export const at = (seconds: number): Date =>
  new Date(Date.parse('2026-01-02T03:04:05.678Z') + seconds * 1000);

/** One instance with its own connections to the store, as if it were a process of its own. */
export async function runCommandService(options: RunningOptions): Promise<RunningCommandService> {
  const { databaseUrl, through = (store) => store, ...rest } = options;
  const { logger = pino({ level: 'silent' }), clock = () => at(0), configuration, ...limits } = rest;
  const store = databaseUrl.startsWith('esdb:')
    ? openEventStoreDb({ url: databaseUrl })
    : await openPostgresEventStore({ url: databaseUrl, logger });
  const bus = createInProcessBus({ logger });
  const registry = new Registry();
  const service = await startCommandService({
    store: through(store),
    bus,
    logger,
    registry,
    clock,
    configuration: { ...duelConfiguration.parse({}), ...configuration },
    ...limits,
  });

  const sendText = async (text: string) =>
    readPayload(commandReplies, await bus.request(COMMANDS, text, { timeoutMs: 15_000 }));
  const request = async (
    actor: string,
    commands: readonly Command[],
    commandId?: string,
    { leftMs = 15_000, askedBefore }: Asking = {},
  ) => {
    const identified = commands.map((command) => ({
      commandId: commandId ?? randomUUID(),
      correlationId: 'test',
      command,
      askedBefore,
    }));
    const replies = await sendText(JSON.stringify({ actor, commands: identified, leftMs }));
    return Array.isArray(replies) ? replies : commands.map(() => replies);
  };
  return {
    store,
    sendText,
    sendTogether: (actor, commands) => request(actor, commands),
    send: async (actor, command, commandId) => only(await request(actor, [command], commandId)),
    sendAs: async (actor, command, how) => only(await request(actor, [command], undefined, how)),
    notReady: () => service.notReady(),
    metrics: () => registry.metrics(),
    async stop() {
      await service.stop();
      await bus.close();
      await store.close();
    },
  };
}

export type AnotherOptions = Omit<RunningOptions, 'databaseUrl'>;

/** Beside that one, until the test has ended. */
export async function runAnother(
  { databaseUrl }: { readonly databaseUrl: string },
  options: AnotherOptions,
): Promise<RunningCommandService> {
  const another = await runCommandService({ databaseUrl, ...options });
  onTestFinished(() => another.stop());
  return another;
}

function only(replies: readonly CommandReply[]): CommandReply {
  const [reply, ...more] = replies;
  if (!reply || more.length > 0) throw new Error('not one reply');
  return reply;
}

/** One instance on one database for all tests of a file, from the first to the last. */
export function useCommandService(): RunningCommandService & { readonly databaseUrl: string } {
  let database: TestDatabase;
  let running: RunningCommandService;
  beforeAll(async () => {
    database = await createTestDatabase();
    running = await runCommandService({ databaseUrl: database.url });
  });
  afterAll(async () => {
    await running?.stop();
    await database?.drop();
  });
  return {
    get databaseUrl() {
      return database.url;
    },
    get store() {
      return running.store;
    },
    send: (...command) => running.send(...command),
    sendTogether: (...commands) => running.sendTogether(...commands),
    sendAs: (...command) => running.sendAs(...command),
    sendText: (text) => running.sendText(text),
    notReady: () => running.notReady(),
    metrics: () => running.metrics(),
    stop: () => running.stop(),
  };
}
