import type { Logger } from 'pino';
import type { Registry } from 'prom-client';
import type { Clock } from '../platform/clock.ts';
import type { EventStore } from '../platform/event-store/event-store.ts';
import { streamOf } from '../platform/event-store/stream-name.ts';
import type { MessageBus } from '../platform/message-bus/message-bus.ts';
import type { Service } from '../platform/service/service.ts';
import { COMMANDS } from '../protocol/subjects.ts';
import { createCommandAnswering } from './answer-command.ts';
import { CONFLICT_RETRIES } from './decide-and-append.ts';
import { type DuelConfiguration, duelLimits } from './duel-limits.ts';
import { FIRST_EVENT } from './load-stream.ts';

export interface CommandServiceOptions {
  /** Not closed by the service. */
  readonly store: EventStore;
  /** Not closed by the service. */
  readonly bus: MessageBus;
  readonly logger: Logger;
  readonly registry: Registry;
  readonly clock: Clock;
  readonly configuration: DuelConfiguration;
  /** More commands at once are refused as `unavailable`, and fewer when the store is slow: see `Admission`. Default 4,096. */
  readonly commandsUnderWayLimit?: number;
  /** Commands at work at once, others wait for their turn. Default 1,024: two full writes of the PostgreSQL log. */
  readonly commandsAtOnce?: number;
  /** Further decisions after two that came too late. Each waits a little longer, 2 to 50 ms, with jitter. */
  readonly conflictRetries?: number;
}

const COMMANDS_UNDER_WAY_LIMIT = 4096;
const COMMANDS_AT_ONCE = 1024;

/** All instances share the commands as one group; any of them can answer any command. */
const GROUP = 'command-service';

/** Answers the commands on the bus. Any number of instances can run on one store, and any can die. */
export async function startCommandService(options: CommandServiceOptions): Promise<Service> {
  const { store, bus, logger } = options;
  const answer = createCommandAnswering({
    ...options,
    duelLimits: duelLimits(options.configuration),
    commandsUnderWayLimit: options.commandsUnderWayLimit ?? COMMANDS_UNDER_WAY_LIMIT,
    commandsAtOnce: options.commandsAtOnce ?? COMMANDS_AT_ONCE,
    conflictRetries: options.conflictRetries ?? CONFLICT_RETRIES,
  });
  const commands = await bus.respond(COMMANDS, GROUP, answer);
  let stopped: Promise<void> | null = null;

  return {
    name: 'command-service',
    notReady: async () => {
      if (stopped) return 'stopping';
      return store.readStream(streamOf('user', ''), FIRST_EVENT).then(
        () => null,
        () => 'the event store does not answer',
      );
    },
    stop: () => {
      stopped ??= commands.unsubscribe().catch((error: unknown) => {
        logger.warn({ err: error }, 'commands were not unsubscribed in order');
      });
      return stopped;
    },
  };
}
