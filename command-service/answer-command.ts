import type { Logger } from 'pino';
import type { Registry } from 'prom-client';
import type { Clock } from '../platform/clock.ts';
import { beginBy, type EventStore, EventStoreUnavailable } from '../platform/event-store/event-store.ts';
import { RetryAdvice } from '../platform/retry-advice.ts';
import type { CommandReplies, CommandReply, IdentifiedCommand } from '../protocol/commands.ts';
import { Admission } from './admission.ts';
import { DeadlinePassed } from './command-context.ts';
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
  readonly conflictRetries: number;
}

/** What goes by itself. */
const PASSING = [EventStoreUnavailable, RevisionConflict, DeadlinePassed];

/** What the admission takes for a sign that there is too much to do. */
const UNANSWERED = [EventStoreUnavailable, DeadlinePassed];

type Refusal = Extract<CommandReply, { outcome: 'refused' }>;

/** What the commands of one request have in common, and where one stands among them. */
interface AskedTogether {
  readonly actor: string;
  readonly place: PlaceInLine;
  /** By `performance.now()`. */
  readonly cameAt: number;
  readonly deadline: number;
}

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
  const { store, logger, registry, clock, conflictRetries } = options;
  const relationships = new RelationshipMemory(store);
  const turns = new Turns(options.commandsAtOnce);
  const admission = new Admission(options.commandsUnderWayLimit);
  const retryAdvice = new RetryAdvice();
  const metrics = createCommandMetrics(registry, admission);

  /** A request that is admitted is taken whole. */
  async function answer(text: string): Promise<CommandReplies> {
    try {
      if (admission.isFull) return turnAway();
      const { actor, commands, leftMs } = parseRequest(text);
      if (!admission.admits(leftMs)) return turnAway();
      const cameAt = performance.now();
      let place: PlaceInLine | undefined;
      const replies = commands.map((each) => {
        place = new PlaceInLine(place);
        return answerOne(each, { actor, place, cameAt, deadline: cameAt + leftMs });
      });
      return await Promise.all(replies);
    } catch (error) {
      metrics.answered('unread', 'internal', 0);
      report(error, { type: 'unread' });
      return refusedAs('internal');
    }
  }

  /** Before it has cost more than that. */
  function turnAway(): Refusal {
    metrics.answered('unread', 'unavailable', 0);
    return refusedAs('unavailable');
  }

  async function answerOne(
    { command, askedBefore = false, ...ids }: IdentifiedCommand,
    together: AskedTogether,
  ) {
    const { actor, place, cameAt, deadline } = together;
    const { type } = command;
    const about = { type, ...ids };
    let reply: CommandReply;
    let answered = true;
    admission.began();
    const waiting = turns.next();
    if (waiting) await waiting;
    try {
      if (waiting && performance.now() > beginBy(cameAt, deadline, Number.POSITIVE_INFINITY))
        throw new DeadlinePassed('others came first');
      reply = await handleCommand(command, {
        ...ids,
        actor,
        askedBefore,
        deadline,
        date: clock().toISOString(),
        store,
        place,
        relationships,
        conflictRetries,
        onConflict: () => metrics.conflicted(type),
      });
    } catch (error) {
      reply = refusedAs(codeOf(error));
      answered = !UNANSWERED.some((kind) => error instanceof kind);
      report(error, about);
    }
    place.over();
    turns.done();
    const tookMs = performance.now() - cameAt;
    admission.ended(tookMs, answered);
    const outcome = outcomeOf(reply);
    metrics.answered(type, outcome, tookMs / 1000);
    logger.debug({ ...about, outcome }, 'command answered');
    return reply;
  }

  function refusedAs(code: 'unavailable' | 'internal'): Refusal {
    if (code === 'internal') return { outcome: 'refused', code };
    return { outcome: 'refused', code, retryAfterMs: retryAdvice.nextMs() };
  }

  /** A store that is away shows in the metrics, and one by one at debug level only: it may be thousands a second. */
  function report(error: unknown, about: About): void {
    const level = codeOf(error) === 'internal' ? 'error' : 'debug';
    logger[level]({ ...about, err: error }, 'command failed');
  }

  return async (text) => JSON.stringify(await answer(text));
}

const codeOf = (error: unknown) =>
  PASSING.some((kind) => error instanceof kind) ? 'unavailable' : 'internal';

function outcomeOf(reply: CommandReply): CommandOutcome {
  if (reply.outcome === 'refused') return reply.code;
  return reply.changed ? 'changed' : 'unchanged';
}
