import { randomUUID } from 'node:crypto';
import { expect } from 'vitest';
import type { DomainEvent } from '../../domain/domain-event.ts';
import { pairId, type StreamName } from '../../platform/event-store/stream-name.ts';
import type { Command, CommandOf, CommandReply } from '../../protocol/commands.ts';
import type { RunningCommandService } from './running-command-service.ts';

export type Accepted = Extract<CommandReply, { outcome: 'accepted' }>;

/** The acceptance; any refusal fails the test. */
export function acceptance(reply: CommandReply): Accepted {
  if (reply.outcome !== 'accepted') expect.unreachable(`refused as ${reply.code}`);
  return reply;
}

export const refusal = (code: string) => ({
  outcome: 'refused',
  code,
  ...(code === 'unavailable' && { retryAfterMs: expect.any(Number) }),
});

/** A registered user with a name of their own. */
export async function registered(service: RunningCommandService, nickname: string): Promise<string> {
  const name = `${nickname}.${randomUUID().slice(0, 8)}`;
  acceptance(await service.send(name, { type: 'register_user' }));
  return name;
}

/** Two users and their chat. */
export async function conversation(service: RunningCommandService) {
  const [ann, bob] = await Promise.all([registered(service, 'Ann'), registered(service, 'Bob')]);
  acceptance(await service.send(ann, { type: 'start_chat', other: bob }));
  return { ann, bob, chatId: pairId(ann, bob) };
}

export const message = (
  chatId: string,
  content = 'hello',
  messageId: string = randomUUID(),
): CommandOf<'send_message'> => ({ type: 'send_message', chatId, messageId, content, timestamp: '10:15' });

export const like = (chatId: string, messageId: string): Command => ({
  type: 'like_message',
  chatId,
  messageId,
});

export const unlike = (chatId: string, messageId: string): Command => ({
  type: 'unlike_message',
  chatId,
  messageId,
});

export const read = (messageId: string, chatId: string | null = null): Command => ({
  type: 'read_message',
  chatId,
  messageId,
});

/** The events of a stream, oldest first. */
export async function eventsOf<E extends DomainEvent>(service: RunningCommandService, stream: StreamName<E>) {
  return service.store.readStream(stream, { direction: 'forwards', limit: 1000 });
}

/** Fifty at once, taking turns. */
export const fifty = <Result>(start: (index: number) => Promise<Result>): Promise<Result[]> =>
  Promise.all(Array.from({ length: 50 }, (_, index) => start(index)));
