import type { MessageEvent } from './message.ts';
import type { ReadingEvent } from './reading.ts';
import type { RelationshipEvent } from './relationship.ts';
import type { UserEvent } from './user.ts';

/** Every event that can stand in the log. Type names are forever; a changed shape gets a new version. */
export type DomainEvent = UserEvent | RelationshipEvent | MessageEvent | ReadingEvent;
