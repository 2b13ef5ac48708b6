import { randomUUID } from 'node:crypto';
import type { MessageEvent, MessageSent } from '../../domain/message.ts';
import type { AppendResult, EventMetadata, NewEvent } from '../../platform/event-store/event-store.ts';
import type { StreamName } from '../../platform/event-store/stream-name.ts';

/** A category that no other test uses, so that tests can share a store. */
export const freshCategory = (): string => `test${randomUUID().replaceAll('-', '')}`;

export const freshStream = (category = freshCategory()): StreamName<MessageEvent> =>
  `${category}-${randomUUID()}`;

export const metadata = (): EventMetadata => ({
  commandId: randomUUID(),
  correlationId: randomUUID(),
  causationId: randomUUID(),
  actor: 'Ann',
  schemaVersion: '1',
});

export function messageSent(content = 'Hello', id: string = randomUUID()): NewEvent<MessageSent> {
  return {
    id,
    event: {
      type: 'MessageSent',
      data: {
        messageId: id,
        chatId: randomUUID(),
        sender: 'Ann',
        recipient: 'Bob',
        content,
        timestamp: '1',
        date: '2026-01-01T00:00:00.000Z',
      },
    },
    metadata: metadata(),
  };
}

export const messagesSent = (count: number): NewEvent<MessageSent>[] =>
  Array.from({ length: count }, (_, index) => messageSent(`message ${index}`));

/** The position at which it was stored; fails on a conflict. */
export async function appended(result: Promise<AppendResult>): Promise<bigint> {
  const settled = await result;
  if (settled.outcome !== 'appended') throw new Error(JSON.stringify(settled));
  return settled.position;
}
