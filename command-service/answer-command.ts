import type { Logger } from 'pino';
import type { Registry } from 'prom-client';
import type { Clock } from '../platform/clock.ts';
import { type EventStore, EventStoreUnavailable } from '../platform/event-store/event-store.ts';
import type { CommandReply } from '../protocol/commands.ts';
import { type CommandOutcome, type CommandType, createCommandMetrics } from './command-metrics.ts';
import { RevisionConflict } from './decide-and-append.ts';
import { handleCommand } from './handle-command.ts';
import { parseRequest } from './parse-request.ts';
import { Turns } from './turns.ts';

export interface AnsweringOptions {
  readonly store: EventStore;
  readonly logger: Logger;
  readonly registry: Registry;
  readonly clock: Clock;
  readonly commandsUnderWayLimit: number;
  readonly commandsAtOnce: number;
  readonly waitingLimitMs: number;
  readonly conflictRetries: number;
}

/** Whoever asked gives up before it could be done. */
class WaitedTooLong extends Error {
  override readonly name = 'WaitedTooLong';
}

/** What goes by itself. */
const PASSING = [EventStoreUnavailable, RevisionConflict, WaitedTooLong];

/** What a log may tell of a command: never its content. */
interface About {
  readonly type: CommandType;
  readonly commandId?: string;
  readonly correlationId?: string;
}

/** From the text of a request to the text of its reply. Never rejects: whatever goes wrong is a refusal. */
export function createCommandAnswering(options: AnsweringOptions): (request: string) => Promise<string> {
  const { store, logger, registry, clock, commandsUnderWayLimit, waitingLimitMs, conflictRetries } = options;
  const turns = new Turns(options.commandsAtOnce);
  let underWay = 0;
  const metrics = createCommandMetrics(registry, () => underWay);

  async function answer(text: string): Promise<CommandReply> {
    if (underWay >= commandsUnderWayLimit) {
      metrics.answered('unread', 'unavailable', 0);
      return refusedAs('unavailable');
    }
    underWay += 1;
    const started = performance.now();
    let about: About = { type: 'unread' };
    let reply: CommandReply;
    const waiting = turns.next();
    if (waiting) await waiting;
    try {
      if (waiting && performance.now() - started > waitingLimitMs)
        throw new WaitedTooLong('others came first');
      const { command, ...cause } = parseRequest(text);
      const { type } = command;
      about = { type, commandId: cause.commandId, correlationId: cause.correlationId };
      const date = clock().toISOString();
      const onConflict = () => metrics.conflicted(type);
      reply = await handleCommand(command, { ...cause, date, store, conflictRetries, onConflict });
    } catch (error) {
      reply = refusedAs(codeOf(error));
      report(error, about);
    }
    turns.done();
    underWay -= 1;
    const outcome = outcomeOf(reply);
    metrics.answered(about.type, outcome, (performance.now() - started) / 1000);
    logger.debug({ ...about, outcome }, 'command answered');
    return reply;
  }

  /** A store that is away shows in the metrics, and one by one at debug level only: it may be thousands a second. */
  function report(error: unknown, about: About): void {
    const level = codeOf(error) === 'internal' ? 'error' : 'debug';
    logger[level]({ ...about, err: error }, 'command failed');
  }

  return async (text) => JSON.stringify(await answer(text));
}

const refusedAs = (code: 'unavailable' | 'internal'): CommandReply => ({ outcome: 'refused', code });

const codeOf = (error: unknown) =>
  PASSING.some((kind) => error instanceof kind) ? 'unavailable' : 'internal';

function outcomeOf(reply: CommandReply): CommandOutcome {
  if (reply.outcome === 'refused') return reply.code;
  return reply.changed ? 'changed' : 'unchanged';
}
