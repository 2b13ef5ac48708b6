import { v5 as uuidFromName } from 'uuid';
import type { DomainEvent } from '../../domain/domain-event.ts';
import type { MessageEvent } from '../../domain/message.ts';
import type { ReadingEvent } from '../../domain/reading.ts';
import type { RelationshipEvent } from '../../domain/relationship.ts';
import type { UserEvent } from '../../domain/user.ts';
import { usernameKey } from '../../domain/username.ts';

declare const eventsOf: unique symbol;

/** The streams in which events of each type stand, by what their names have before the first dash. */
export const STREAM_CATEGORIES: Readonly<Record<DomainEvent['type'], string>> = {
  UserRegistered: 'user',
  ChatStarted: 'relationship',
  UserBlocked: 'relationship',
  UserUnblocked: 'relationship',
  MessageSent: 'message',
  MessageLiked: 'message',
  MessageUnliked: 'message',
  MessagesRead: 'reading',
};

/** `<category>-<id>` in lower case; knows which events stand in it. */
export type StreamName<E extends DomainEvent = DomainEvent> = string & { readonly [eventsOf]?: E };

const PAIRS = 'c1b6a1c2-52c0-4f0e-9c7e-6f1f1d0f3c5a';

/** The same for both orders of the two names: also the id of their chat. */
export const pairId = (a: string, b: string): string =>
  uuidFromName([usernameKey(a), usernameKey(b)].sort().join(' '), PAIRS);

export const userStream = (username: string): StreamName<UserEvent> => `user-${usernameKey(username)}`;

/** `pair` is `pairId`'s, and the chat's id. */
export const relationshipStream = (pair: string): StreamName<RelationshipEvent> => `relationship-${pair}`;

export const messageStream = (messageId: string): StreamName<MessageEvent> => `message-${messageId}`;

export const readingStream = (chatId: string, reader: string): StreamName<ReadingEvent> =>
  `reading-${chatId}-${usernameKey(reader)}`;
