import type { Logger } from 'pino';
import { type MessageBus, NoResponder, RequestTimeout } from '../platform/message-bus/message-bus.ts';
import { type Command, type CommandReply, commandReply } from '../protocol/commands.ts';
import { COMMANDS } from '../protocol/subjects.ts';

export interface CommandContext {
  /** Username of the authenticated user, as registered. */
  readonly actor: string;
  /** The same id again is the same command again: it stores nothing twice. */
  readonly commandId: string;
  readonly correlationId: string;
}

/**
 * Never rejects: no answer within the deadline is `unavailable`, and the command may or may not have been stored.
 * `alreadyWaitedMs` is what is gone of the deadline.
 */
export type SendCommand = (
  command: Command,
  context: CommandContext,
  alreadyWaitedMs?: number,
) => Promise<CommandReply>;

export function createCommandClient(bus: MessageBus, deadlineMs: number, logger: Logger): SendCommand {
  return async (command, context, alreadyWaitedMs = 0) => {
    const timeoutMs = deadlineMs - alreadyWaitedMs;
    if (timeoutMs <= 0) return { outcome: 'refused', code: 'unavailable' };
    try {
      const reply = await bus.request(COMMANDS, JSON.stringify({ ...context, command }), { timeoutMs });
      return commandReply.parse(JSON.parse(reply));
    } catch (error) {
      const { commandId, correlationId } = context;
      const expected = error instanceof RequestTimeout || error instanceof NoResponder;
      logger[expected ? 'warn' : 'error']({ err: error, commandId, correlationId }, 'command not answered');
      return { outcome: 'refused', code: 'unavailable' };
    }
  };
}
