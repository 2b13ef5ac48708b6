import type { ClientFrame } from '../../protocol/client-frames.ts';
import type { Command } from '../../protocol/commands.ts';

/** What a frame asks the command service for. A message without an id gets one, so that its ack can name it. */
export function commandOf(frame: ClientFrame, newId: () => string): Command {
  switch (frame.action) {
    case 'new_message': {
      const { chat_id: chatId, id: messageId = newId(), content, timestamp } = frame.data;
      return { type: 'send_message', chatId, messageId, content, timestamp };
    }
    case 'like_message':
    case 'unlike_message':
      return { type: frame.action, chatId: frame.data.chat_id, messageId: frame.data.id };
    case 'read_message':
      return { type: 'read_message', chatId: frame.data.chat_id ?? null, messageId: frame.data.id };
    default:
      return frame satisfies never;
  }
}

/**
 * Frames of one tab with the same key take effect in the order in which they were sent: those about one chat. A read that
 * does not name its chat has only other such reads to follow.
 */
export function orderKey(frame: ClientFrame): string {
  switch (frame.action) {
    case 'new_message':
    case 'like_message':
    case 'unlike_message':
      return frame.data.chat_id;
    case 'read_message':
      return frame.data.chat_id ?? 'reading';
    default:
      return frame satisfies never;
  }
}
