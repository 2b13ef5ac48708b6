import type { Logger } from 'pino';
import type { ClientFrame } from '../../protocol/client-frames.ts';
import type { CommandReply, IdentifiedCommand } from '../../protocol/commands.ts';
import { replyText } from '../../protocol/server-frames.ts';
import type { SendCommands } from '../command-client.ts';
import { routeOf } from './frame-routes.ts';
import type { SocketMetrics } from './socket-metrics.ts';

/**
 * What the tab that sent the frames, each `waitedMs` ago, is told, in their order; nothing of those that did not ask. Never
 * rejects.
 */
export type AskFrames = (
  frames: readonly ClientFrame[],
  username: string,
  waitedMs: readonly number[],
) => Promise<readonly string[]>;

/**
 * Has frames carried out. Every frame is a command of its own; a message that is sent twice is recognised by its own
 * id, whatever command brings it. An acceptance is told only to those who asked by `request_id`, a refusal always.
 */
export function createAskFrames(
  sendCommands: SendCommands,
  newId: () => string,
  metrics: SocketMetrics,
  logger: Logger,
): AskFrames {
  function identified(frame: ClientFrame): IdentifiedCommand {
    const id = newId();
    return { commandId: id, correlationId: id, command: routeOf(frame).command(frame, newId) };
  }

  function replyFor(frame: ClientFrame, reply: CommandReply, about: object): string | null {
    if (reply.outcome === 'refused') {
      metrics.refused(reply.code);
      logger.debug({ action: frame.action, code: reply.code, ...about }, 'frame refused');
      return replyText(routeOf(frame).refused(frame, reply));
    }
    logger.debug({ action: frame.action, position: reply.position, ...about }, 'frame accepted');
    if (frame.request_id === undefined) return null;
    return replyText({
      action: 'ack',
      request_id: frame.request_id,
      data: { position: reply.position, ...(reply.id !== undefined && { id: reply.id }) },
    });
  }

  return async (frames, actor, waitedMs) => {
    const commands = frames.map(identified);
    const replies = await sendCommands(actor, commands, waitedMs);
    return frames.flatMap((frame, index) => {
      const [command, reply] = [commands[index], replies[index]];
      if (!command || !reply) return [];
      const { commandId, correlationId } = command;
      return replyFor(frame, reply, { actor, commandId, correlationId }) ?? [];
    });
  };
}
