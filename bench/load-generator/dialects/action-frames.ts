import { messageNumberAt } from '../message-id.ts';
import type { Dialect, TabEvents } from './dialect.ts';

const UUID_LENGTH = 36;

/** Rally's frames, which the limit loop speaks too. The request id is the message's id. */
export const actionFrames: Dialect = {
  message: ({ id, chatId, content }) =>
    `{"action":"new_message","request_id":"${id}","data":{"chat_id":"${chatId}","id":"${id}","content":"${content}","timestamp":"${id}"}}`,
  received: (payload, events) => {
    switch (actionOf(payload)) {
      case 'new_message':
        return events.delivered(messageNumberAt(payload, after(payload, '"id":"')));
      case 'ack':
        return events.acked(messageNumberAt(payload, after(payload, '"request_id":"')).sequence);
      case 'welcome':
        return events.ready();
      case 'ping':
      // Who comes and goes is nobody's message.
      case 'user_online':
      case 'user_offline':
        return;
      case 'error':
        return error(payload, events);
      default:
        return events.unexpected(payload);
    }
  },
};

const after = (payload: string, key: string): number => payload.indexOf(key) + key.length;

/** Both systems write `action` first; what does not is unexpected. */
function actionOf(payload: string): string | undefined {
  const start = '{"action":"';
  return payload.startsWith(start)
    ? payload.slice(start.length, payload.indexOf('"', start.length))
    : undefined;
}

function error(payload: string, events: TabEvents): void {
  const at = after(payload, '"request_id":"');
  if (payload.includes('"retryable":true')) events.refused(payload.slice(at, at + UUID_LENGTH));
  else events.unexpected(payload);
}
