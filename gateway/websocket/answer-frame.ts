import type { Logger } from 'pino';
import type { ClientFrame } from '../../protocol/client-frames.ts';
import { errorFrame, replyText } from '../../protocol/server-frames.ts';
import type { SendCommand } from '../command-client.ts';
import { commandOf } from './frame-command.ts';
import type { SocketMetrics } from './socket-metrics.ts';

/** What the tab that sent the frame, `waitedMs` ago, is told; null: nothing. Never rejects. */
export type AskFrame = (frame: ClientFrame, username: string, waitedMs: number) => Promise<string | null>;

/**
 * Has a frame carried out. Every frame is a command of its own; a message that is sent twice is recognised by its own
 * id, whatever command brings it. An acceptance is told only to those who asked by `request_id`, a refusal always.
 */
export function createAskFrame(
  sendCommand: SendCommand,
  newId: () => string,
  metrics: SocketMetrics,
  logger: Logger,
): AskFrame {
  return async (frame, username, waitedMs) => {
    const id = newId();
    const context = { actor: username, commandId: id, correlationId: id };
    const reply = await sendCommand(commandOf(frame, newId), context, waitedMs);
    if (reply.outcome === 'refused') {
      metrics.refused(reply.code);
      logger.debug({ action: frame.action, code: reply.code, ...context }, 'frame refused');
      return replyText(errorFrame(reply.code, frame.request_id));
    }
    logger.debug({ action: frame.action, position: reply.position, ...context }, 'frame accepted');
    if (frame.request_id === undefined) return null;
    return replyText({
      action: 'ack',
      request_id: frame.request_id,
      data: { position: reply.position, ...(reply.id !== undefined && { id: reply.id }) },
    });
  };
}
