import type { Logger } from 'pino';
import type { Registry } from 'prom-client';
import type { Clock } from '../platform/clock.ts';
import { type EventStore, EventStoreUnavailable } from '../platform/event-store/event-store.ts';
import type { CommandReplies, CommandReply, IdentifiedCommand } from '../protocol/commands.ts';
import { type CommandOutcome, type CommandType, createCommandMetrics } from './command-metrics.ts';
import { RevisionConflict } from './decide-and-append.ts';
import { handleCommand } from './handle-command.ts';
import { parseRequest } from './parse-request.ts';
import { PlaceInLine } from './place-in-line.ts';
import { RelationshipMemory } from './relationship-memory.ts';
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

/**
 * From the text of a request to the text of its reply. Never rejects: whatever goes wrong is a refusal. Commands of one
 * request are carried out side by side, each whatever becomes of the others; what they store is stored in their order.
 */
export function createCommandAnswering(options: AnsweringOptions): (request: string) => Promise<string> {
  const { store, logger, registry, clock, commandsUnderWayLimit, waitingLimitMs, conflictRetries } = options;
  const relationships = new RelationshipMemory(store);
  const turns = new Turns(options.commandsAtOnce);
  let underWay = 0;
  const metrics = createCommandMetrics(registry, () => underWay);

  /** Requests that are begun below the limit are taken whole. */
  async function answer(text: string): Promise<CommandReplies> {
    if (underWay >= commandsUnderWayLimit) {
      metrics.answered('unread', 'unavailable', 0);
      return refusedAs('unavailable');
    }
    try {
      const { actor, commands } = parseRequest(text);
      let place: PlaceInLine | undefined;
      const replies = commands.map((each) => {
        place = new PlaceInLine(place);
        return answerOne(each, actor, place);
      });
      return await Promise.all(replies);
    } catch (error) {
      metrics.answered('unread', 'internal', 0);
      report(error, { type: 'unread' });
      return refusedAs('internal');
    }
  }

  async function answerOne(
    { command, ...ids }: IdentifiedCommand,
    actor: string,
    place: PlaceInLine,
  ): Promise<CommandReply> {
    underWay += 1;
    const started = performance.now();
    const { type } = command;
    const about = { type, ...ids };
    let reply: CommandReply;
    const waiting = turns.next();
    if (waiting) await waiting;
    try {
      if (waiting && performance.now() - started > waitingLimitMs)
        throw new WaitedTooLong('others came first');
      const date = clock().toISOString();
      const onConflict = () => metrics.conflicted(type);
      reply = await handleCommand(command, {
        ...ids,
        actor,
        date,
        store,
        place,
        relationships,
        conflictRetries,
        onConflict,
      });
    } catch (error) {
      reply = refusedAs(codeOf(error));
      report(error, about);
    }
    place.over();
    turns.done();
    underWay -= 1;
    const outcome = outcomeOf(reply);
    metrics.answered(type, outcome, (performance.now() - started) / 1000);
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

const refusedAs = (code: 'unavailable' | 'internal') => ({ outcome: 'refused', code }) as const;

const codeOf = (error: unknown) =>
  PASSING.some((kind) => error instanceof kind) ? 'unavailable' : 'internal';

function outcomeOf(reply: CommandReply): CommandOutcome {
  if (reply.outcome === 'refused') return reply.code;
  return reply.changed ? 'changed' : 'unchanged';
}
