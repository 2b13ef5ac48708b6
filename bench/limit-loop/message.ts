import { clientFrame } from '../../protocol/client-frames.ts';
import type { TabSocket } from './tabs.ts';

/** What a tab says. */
export interface SaidMessage {
  readonly id: string;
  readonly chatId: string;
  readonly sender: string;
  readonly content: string;
  readonly timestamp: string;
  /** JSON has it as it is. */
  readonly date: string;
}

/** The same, once it has a place in the log. */
export interface LoggedMessage extends SaidMessage {
  readonly position: number;
}

/** Of a frame that a tab has sent; throws on any other frame than a message with an id. */
export function saidMessage(from: TabSocket, text: string): SaidMessage {
  const frame = clientFrame.parse(JSON.parse(text));
  if (frame.action !== 'new_message' || !frame.data.id) throw new Error('the limit loop only sends messages');
  const { id, chat_id: chatId, content, timestamp } = frame.data;
  const { username: sender } = from;
  return { id, chatId, sender, content, timestamp, date: new Date().toISOString() };
}

export const ackText = ({ id, position }: Pick<LoggedMessage, 'id' | 'position'>): string =>
  JSON.stringify({ action: 'ack', request_id: id, data: { position: String(position), id } });

export function pushText({ position, chatId, ...said }: LoggedMessage): string {
  const { id, content, date, sender, timestamp } = said;
  const data = { chat_id: chatId, id, content, date, sender, timestamp, is_read: false, is_liked: false };
  return JSON.stringify({ action: 'new_message', data, cursor: `${position}.0` });
}
