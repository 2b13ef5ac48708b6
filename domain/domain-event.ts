import type { MessageEvent } from './message/events.ts';
import type { ReadingEvent } from './reading/events.ts';
import type { RelationshipEvent } from './relationship/events.ts';
import type { UserEvent } from './user/events.ts';

/** Every event that can stand in the log. Type names are forever; a changed shape gets a new version. */
export type DomainEvent = UserEvent | RelationshipEvent | MessageEvent | ReadingEvent;
