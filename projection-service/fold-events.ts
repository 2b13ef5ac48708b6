import type { RecordedEvent } from '../platform/event-store/event-store.ts';
import { UnprojectableEvent } from '../read-models/unprojectable-event.ts';
import { type Changes, noChanges } from './changes.ts';
import type { KnownRows } from './known-rows.ts';
import { projectMessage } from './projectors/message.ts';
import { projectReading } from './projectors/reading.ts';
import { projectRelationship } from './projectors/relationship.ts';
import { projectUser } from './projectors/user.ts';

/** What these events of `log`, in its order, do to the rows. Pure. Throws `UnprojectableEvent`. */
export function foldEvents(known: KnownRows, events: readonly RecordedEvent[], log: string): Changes {
  const changes = noChanges(log);
  for (const recorded of events) project(changes, known, recorded);
  return changes;
}

function project(changes: Changes, known: KnownRows, { event, position }: RecordedEvent): void {
  switch (event.type) {
    case 'UserRegistered':
      projectUser(changes, event);
      break;
    case 'ChatStarted':
    case 'UserBlocked':
    case 'UserUnblocked':
      projectRelationship(changes, event);
      break;
    case 'MessageSent':
    case 'MessageLiked':
    case 'MessageUnliked':
      projectMessage(changes, known, event, position);
      break;
    case 'MessagesRead':
      projectReading(changes, known, event, position);
      break;
    default:
      event satisfies never;
      throw new UnprojectableEvent('an event of an unknown type');
  }
}
