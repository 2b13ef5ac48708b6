import type { EventStore } from '../../platform/event-store/event-store.ts';

export interface LoggedMessage {
  readonly chatId: string;
  readonly id: string;
}

/** All messages in the log, in its order. */
export async function loggedMessages(store: EventStore): Promise<LoggedMessage[]> {
  const messages: LoggedMessage[] = [];
  const enough = new AbortController();
  const log = store.subscribe({ after: -1n, prefixes: ['message-'], batchSize: 500, signal: enough.signal });
  for await (const { events, caughtUp } of log) {
    for (const { event } of events) {
      if (event.type !== 'MessageSent') continue;
      messages.push({ chatId: event.data.chatId, id: event.data.messageId });
    }
    if (caughtUp) enough.abort();
  }
  return messages;
}
