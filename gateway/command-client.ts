import { LRUCache } from 'lru-cache';
import type { Logger } from 'pino';
import { type MessageBus, NoResponder, RequestTimeout } from '../platform/message-bus/message-bus.ts';
import { payloadOf, readPayload } from '../platform/message-bus/payload.ts';
import { RetryAdvice } from '../platform/retry-advice.ts';
import {
  type Command,
  type CommandReply,
  type CommandRequest,
  commandReplies,
  commandRequest,
  type IdentifiedCommand,
} from '../protocol/commands.ts';
import { COMMANDS } from '../protocol/subjects.ts';

export interface CommandContext extends Omit<IdentifiedCommand, 'command' | 'askedBefore'> {
  /** Username of the authenticated user, as registered. */
  readonly actor: string;
}

/**
 * At least one command and at most `COMMANDS_LIMIT`; a reply for each, in their order. They take effect in that order,
 * but for those that are refused: the others do not wait for them.
 *
 * Never rejects: no answer within the deadline is `unavailable`, and the commands may or may not have been stored.
 * `waitedMs`: what is gone of each one's time. Whatever has waited for half of it is refused at once: the other half is what
 * the answer may take.
 */
export type SendCommands = (
  actor: string,
  commands: readonly IdentifiedCommand[],
  waitedMs?: readonly number[],
) => Promise<readonly CommandReply[]>;

/** One command. Never rejects, as `SendCommands`. */
export type SendCommand = (command: Command, context: CommandContext) => Promise<CommandReply>;

/** Messages that are remembered as not answered, so that their repetition costs no more than a look. */
const UNANSWERED = 10_000;

export function createCommandClient(bus: MessageBus, deadlineMs: number, logger: Logger): SendCommands {
  const retryAdvice = new RetryAdvice();
  const unanswered = new LRUCache<string, true>({ max: UNANSWERED });

  const unavailable = (): CommandReply => ({
    outcome: 'refused',
    code: 'unavailable',
    retryAfterMs: retryAdvice.nextMs(),
  });

  async function ask(request: CommandRequest): Promise<CommandReply[]> {
    const asked = payloadOf(commandRequest, request);
    const answer = await bus.request(COMMANDS, asked, { timeoutMs: request.leftMs });
    const replies = readPayload(commandReplies, answer);
    if (!Array.isArray(replies)) return request.commands.map(() => replies);
    if (replies.length === request.commands.length) return replies;
    throw new Error('not as many replies as commands');
  }

  async function askInTime(request: CommandRequest): Promise<CommandReply[]> {
    const { commands } = request;
    try {
      return await ask({ ...request, commands: unanswered.size > 0 ? commands.map(remembered) : commands });
    } catch (error) {
      const correlationIds = commands.map(({ correlationId }) => correlationId);
      const expected = error instanceof RequestTimeout || error instanceof NoResponder;
      logger[expected ? 'warn' : 'error']({ err: error, correlationIds }, 'commands not answered');
      if (!(error instanceof NoResponder)) for (const { command } of commands) remember(command);
      return commands.map(unavailable);
    }
  }

  function remember(command: Command): void {
    if (command.type === 'send_message') unanswered.set(command.messageId, true);
  }

  function remembered(identified: IdentifiedCommand): IdentifiedCommand {
    const { command } = identified;
    const isAgain = command.type === 'send_message' && unanswered.delete(command.messageId);
    return isAgain ? { ...identified, askedBefore: true } : identified;
  }

  return async (actor, commands, waitedMs = []) => {
    const isInTime = (index: number) => (waitedMs[index] ?? 0) < deadlineMs / 2;
    const inTime = commands.filter((_, index) => isInTime(index));
    const longest = Math.max(0, ...waitedMs.filter((_, index) => isInTime(index)));
    const replies =
      inTime.length > 0 ? await askInTime({ actor, commands: inTime, leftMs: deadlineMs - longest }) : [];
    let next = 0;
    return commands.map((_, index) => (isInTime(index) ? replies[next++] : undefined) ?? unavailable());
  };
}

export const oneByOne =
  (sendCommands: SendCommands): SendCommand =>
  async (command, { actor, ...ids }) => {
    const [reply] = await sendCommands(actor, [{ ...ids, command }]);
    return reply ?? { outcome: 'refused', code: 'unavailable' };
  };
