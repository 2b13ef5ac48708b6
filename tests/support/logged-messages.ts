import type { EventStore } from '../../platform/event-store/event-store.ts';

/** Ids of all messages in the log, in its order, by the chat they are in. */
export async function loggedMessages(store: EventStore): Promise<Map<string, string[]>> {
  const ids = new Map<string, string[]>();
  const enough = new AbortController();
  const log = store.subscribe({ after: -1n, prefixes: ['message-'], batchSize: 500, signal: enough.signal });
  for await (const { events, caughtUp } of log) {
    for (const { event } of events) {
      if (event.type !== 'MessageSent') continue;
      const { chatId, messageId } = event.data;
      const ofChat = ids.get(chatId);
      if (ofChat) ofChat.push(messageId);
      else ids.set(chatId, [messageId]);
    }
    if (caughtUp) enough.abort();
  }
  return ids;
}
