import { v5 as uuidFromName } from 'uuid';
import {
  type DomainEvent,
  type EventIn,
  STREAM_CATEGORIES,
  type StreamCategory,
} from '../../domain/domain-event.ts';
import { usernameKey } from '../../domain/username.ts';

declare const eventsOf: unique symbol;

/** `<category>-<id>` in lower case; knows which events stand in it. A category has no dash. */
export type StreamName<E extends DomainEvent = DomainEvent> = string & { readonly [eventsOf]?: E };

/**
 * The stream of one thing.
 *
 * @example
 * streamOf('message', messageId);
 * streamOf('reading', chatId, reader);
 */
export const streamOf = <Category extends StreamCategory>(
  category: Category,
  ...id: readonly [string, ...string[]]
): StreamName<EventIn<Category>> => `${category}-${id.join('-').toLowerCase()}`;

/** What the names of all streams begin with in which events of this type can stand. */
export const streamPrefixOf = (type: DomainEvent['type']): string => `${STREAM_CATEGORIES[type]}-`;

const PAIRS = 'c1b6a1c2-52c0-4f0e-9c7e-6f1f1d0f3c5a';

/** Of two users, in either order of their names: the id of their chat, and of the stream of their relationship. */
export const pairId = (a: string, b: string): string =>
  uuidFromName([usernameKey(a), usernameKey(b)].sort().join(' '), PAIRS);
