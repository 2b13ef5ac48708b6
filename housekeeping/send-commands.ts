import pLimit from 'p-limit';
import type { Logger } from 'pino';
import type { MessageBus } from '../platform/message-bus/message-bus.ts';
import { payloadOf, readPayload } from '../platform/message-bus/payload.ts';
import {
  type Command,
  type CommandReply,
  type CommandRequest,
  commandReplies,
  commandRequest,
  HOUSEKEEPING,
} from '../protocol/commands.ts';
import { COMMANDS } from '../protocol/subjects.ts';
import type { HousekeepingMetrics, Outcome } from './metrics.ts';
import type { ToDoList } from './to-do-list.ts';

/** What is not answered by then is asked for again, as long as it is on the list. */
const DEADLINE_MS = 2000;

export interface SendingOptions {
  readonly bus: MessageBus;
  readonly logger: Logger;
  readonly metrics: HousekeepingMetrics;
  readonly newId: () => string;
}

/** Of which list the commands are, and how many of them may be under way. */
type By = Pick<ToDoList, 'name' | 'requests' | 'together'>;

/**
 * Has the command services do what is due. Resolves with how many of the commands were answered; a refusal is an answer, unless it says
 * `unavailable`. Never rejects: whatever was not done stays on the list.
 */
export type SendCommands = (commands: readonly Command[], by: By) => Promise<number>;

export function createSendCommands({ bus, logger, metrics, newId }: SendingOptions): SendCommands {
  async function ask(commands: readonly Command[], list: ToDoList['name']): Promise<Outcome[]> {
    const request: CommandRequest = {
      actor: HOUSEKEEPING,
      commands: commands.map((command) => {
        const commandId = newId();
        return { commandId, correlationId: commandId, command };
      }),
      leftMs: DEADLINE_MS,
    };
    try {
      const asked = payloadOf(commandRequest, request);
      const replies = readPayload(
        commandReplies,
        await bus.request(COMMANDS, asked, { timeoutMs: DEADLINE_MS }),
      );
      return commands.map((_, index) => outcomeOf(Array.isArray(replies) ? replies[index] : replies));
    } catch (error) {
      const ids = request.commands.map(({ commandId }) => commandId);
      logger.warn({ err: error, list, commandIds: ids }, 'commands not answered');
      return commands.map(() => 'unanswered');
    }
  }

  return async (commands, { name: list, requests, together }) => {
    const groups: (readonly Command[])[] = [];
    for (let from = 0; from < commands.length; from += together)
      groups.push(commands.slice(from, from + together));
    const atOnce = pLimit(requests);
    const outcomes = await atOnce.map(groups, (group) => ask(group, list));
    let answered = 0;
    for (const outcome of outcomes.flat()) {
      metrics.commands.inc({ list, outcome });
      if (outcome !== 'unanswered' && outcome !== 'unavailable') answered += 1;
    }
    return answered;
  };
}

function outcomeOf(reply: CommandReply | undefined): Outcome {
  if (!reply) return 'unanswered';
  if (reply.outcome === 'refused') return reply.code;
  return reply.changed ? 'changed' : 'unchanged';
}
