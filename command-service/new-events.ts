import { v5 as uuidFromName } from 'uuid';
import type { DomainEvent } from '../domain/domain-event.ts';
import type { EventMetadata, NewEvent } from '../platform/event-store/event-store.ts';

export interface Cause {
  readonly commandId: string;
  readonly correlationId: string;
  /** Username of the one who gave the command. */
  readonly actor: string;
}

/** Every event type is in its first version so far. */
const SCHEMA_VERSION = '1';

/** The same command leads to the same event ids, so the store recognises an append that is repeated. */
export function newEvents<E extends DomainEvent>(
  { commandId, correlationId, actor }: Cause,
  events: readonly E[],
): NewEvent<E>[] {
  const metadata: EventMetadata = {
    commandId,
    correlationId,
    causationId: commandId,
    actor,
    schemaVersion: SCHEMA_VERSION,
  };
  return events.map((event, index) => ({ id: eventId(commandId, index), event, metadata }));
}

/** Nearly every command leads to one event: that one takes the command's own id, which costs no hash. */
export const eventId = (commandId: string, index: number): string =>
  index === 0 ? commandId : uuidFromName(String(index), commandId);
