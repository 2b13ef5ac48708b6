import type { Logger } from 'pino';
import { type MessageBus, NoResponder, RequestTimeout } from '../platform/message-bus/message-bus.ts';
import {
  type Command,
  type CommandReply,
  type CommandRequest,
  commandReplies,
  type IdentifiedCommand,
} from '../protocol/commands.ts';
import { COMMANDS } from '../protocol/subjects.ts';

export interface CommandContext extends Omit<IdentifiedCommand, 'command'> {
  /** Username of the authenticated user, as registered. */
  readonly actor: string;
}

/**
 * At least one command and at most `COMMANDS_LIMIT`; a reply for each, in their order. They take effect in that order,
 * but for those that are refused: the others do not wait for them.
 *
 * Never rejects: no answer within the deadline is `unavailable`, and the commands may or may not have been stored.
 * `alreadyWaitedMs` is what is gone of the deadline.
 */
export type SendCommands = (
  actor: string,
  commands: readonly IdentifiedCommand[],
  alreadyWaitedMs?: number,
) => Promise<readonly CommandReply[]>;

/** One command. Never rejects, as `SendCommands`. */
export type SendCommand = (command: Command, context: CommandContext) => Promise<CommandReply>;

const UNAVAILABLE: CommandReply = { outcome: 'refused', code: 'unavailable' };

export function createCommandClient(bus: MessageBus, deadlineMs: number, logger: Logger): SendCommands {
  async function ask(request: CommandRequest, timeoutMs: number): Promise<CommandReply[]> {
    const reply = await bus.request(COMMANDS, JSON.stringify(request), { timeoutMs });
    const replies = commandReplies.parse(JSON.parse(reply));
    if (!Array.isArray(replies)) return request.commands.map(() => replies);
    if (replies.length === request.commands.length) return replies;
    throw new Error('not as many replies as commands');
  }

  return async (actor, commands, alreadyWaitedMs = 0) => {
    const timeoutMs = deadlineMs - alreadyWaitedMs;
    if (timeoutMs <= 0) return commands.map(() => UNAVAILABLE);
    try {
      return await ask({ actor, commands: [...commands] }, timeoutMs);
    } catch (error) {
      const correlationIds = commands.map(({ correlationId }) => correlationId);
      const expected = error instanceof RequestTimeout || error instanceof NoResponder;
      logger[expected ? 'warn' : 'error']({ err: error, correlationIds }, 'commands not answered');
      return commands.map(() => UNAVAILABLE);
    }
  };
}

export const oneByOne =
  (sendCommands: SendCommands): SendCommand =>
  async (command, { actor, ...ids }) => {
    const [reply = UNAVAILABLE] = await sendCommands(actor, [{ ...ids, command }]);
    return reply;
  };
