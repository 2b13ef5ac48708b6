import pLimit from 'p-limit';
import type { Logger } from 'pino';
import type { Registry } from 'prom-client';
import { z } from 'zod';
import type { Clock } from '../platform/clock.ts';
import { beginBy, type EventStore, EventStoreUnavailable } from '../platform/event-store/event-store.ts';
import { type Payload, payloadOf, readPayload } from '../platform/message-bus/payload.ts';
import { RetryAdvice } from '../platform/retry-advice.ts';
import {
  type CommandReplies,
  type CommandReply,
  type CommandRequest,
  commandReplies,
  commandRequest,
  type IdentifiedCommand,
  type Refusal,
} from '../protocol/commands.ts';
import { Admission } from './admission.ts';
import { type CommandOutcome, type CommandType, createCommandMetrics } from './command-metrics.ts';
import { execute } from './commands.ts';
import { AppendOrder, DeadlinePassed, isTransient } from './decide-and-append.ts';
import type { DuelLimits } from './duel-limits.ts';
import { RelationshipMemory } from './relationship-memory.ts';

export interface AnsweringOptions {
  readonly store: EventStore;
  readonly logger: Logger;
  readonly registry: Registry;
  readonly clock: Clock;
  readonly commandsUnderWayLimit: number;
  readonly commandsAtOnce: number;
  readonly conflictRetries: number;
  readonly duelLimits: DuelLimits;
}

/** What the admission takes for a sign that there is too much to do. */
const UNANSWERED = [EventStoreUnavailable, DeadlinePassed];

/** What the commands of one request have in common, and where one stands among them. */
interface AskedTogether {
  readonly actor: string;
  readonly order: AppendOrder;
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
 * From a request to its reply. Never rejects: whatever goes wrong is a refusal. Commands of one
 * request are carried out side by side, each whatever becomes of the others; what they store is stored in their order.
 */
export function createCommandAnswering(options: AnsweringOptions): (request: Payload) => Promise<Payload> {
  const { store, logger, registry, clock, conflictRetries, duelLimits } = options;
  const relationships = new RelationshipMemory(store);
  const atOnce = pLimit(options.commandsAtOnce);
  const admission = new Admission(options.commandsUnderWayLimit);
  const retryAdvice = new RetryAdvice();
  const metrics = createCommandMetrics(registry, admission);

  /** A request that is admitted is taken whole. */
  async function answer(request: Payload): Promise<CommandReplies> {
    try {
      if (admission.isFull) return turnAway();
      const { actor, commands, leftMs } = readRequest(request);
      if (!admission.admits(leftMs)) return turnAway();
      const cameAt = performance.now();
      let order: AppendOrder | undefined;
      const replies = commands.map((each) => {
        order = new AppendOrder(order);
        return answerOne(each, { actor, order, cameAt, deadline: cameAt + leftMs });
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

  async function answerOne(asked: IdentifiedCommand, together: AskedTogether): Promise<CommandReply> {
    const { commandId, correlationId, command } = asked;
    const about = { type: command.type, commandId, correlationId };
    let reply: CommandReply;
    let answered = true;
    admission.began();
    try {
      // All of a burst at once would all be late: their callers would give up, come again, and make it later still.
      reply = await atOnce(() => carryOut(asked, together));
    } catch (error) {
      reply = refusedAs(codeOf(error));
      answered = !UNANSWERED.some((kind) => error instanceof kind);
      report(error, about);
    }
    together.order.release();
    const tookMs = performance.now() - together.cameAt;
    admission.ended(tookMs, answered);
    const outcome = outcomeOf(reply);
    metrics.answered(command.type, outcome, tookMs / 1000);
    logger.debug({ ...about, outcome }, 'command answered');
    return reply;
  }

  /** Rejects as `execute` does. */
  async function carryOut(asked: IdentifiedCommand, together: AskedTogether): Promise<CommandReply> {
    const { command, commandId, correlationId, askedBefore = false, traceparent } = asked;
    const { actor, order, cameAt, deadline } = together;
    if (performance.now() > beginBy(cameAt, deadline, Number.POSITIVE_INFINITY))
      throw new DeadlinePassed('others came first');
    return execute(command, {
      commandId,
      correlationId,
      traceparent,
      actor,
      askedBefore,
      deadline,
      date: clock().toISOString(),
      store,
      order,
      relationships,
      duelLimits,
      conflictRetries,
      onConflict: () => metrics.conflicted(command.type),
    });
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

  return async (request) => payloadOf(commandReplies, await answer(request));
}

/** Throws `UnreadableRequest`, which tells what is wrong without repeating what was asked. */
function readRequest(request: Payload): CommandRequest {
  try {
    return readPayload(commandRequest, request);
  } catch (error) {
    if (!(error instanceof z.ZodError)) throw error;
    const problems = error.issues.map(({ path, code }) => `${path.join('.')}: ${code}`);
    throw new UnreadableRequest(problems.join('; '));
  }
}

class UnreadableRequest extends Error {
  override readonly name = 'UnreadableRequest';
}

/** What is transient is `unavailable`: the client may retry. */
const codeOf = (error: unknown) => (isTransient(error) ? 'unavailable' : 'internal');

function outcomeOf(reply: CommandReply): CommandOutcome {
  if (reply.outcome === 'refused') return reply.code;
  return reply.changed ? 'changed' : 'unchanged';
}
