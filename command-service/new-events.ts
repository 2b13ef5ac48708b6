import { v5 as uuidFromName } from 'uuid';
import type { DomainEvent } from '../domain/domain-event.ts';
import type { EventMetadata, NewEvent, RecordedEvent } from '../platform/event-store/event-store.ts';

export interface Cause {
  readonly commandId: string;
  readonly correlationId: string;
  /** Username of the one who gave the command. */
  readonly actor: string;
}

/** Every event type is in its first version so far. */
const SCHEMA_VERSION = '1';

/**
 * The same step of the same command leads to the same event ids, so the store recognises an append that is repeated.
 * `step` tells the appends of one command from each other, when it makes more than one: no two of them share an id.
 */
export function newEvents<E extends DomainEvent>(
  { commandId, correlationId, actor }: Cause,
  events: readonly E[],
  step?: string,
): NewEvent<E>[] {
  const causationId = stepId(commandId, step);
  const metadata: EventMetadata = {
    commandId,
    correlationId,
    causationId,
    actor,
    schemaVersion: SCHEMA_VERSION,
  };
  return events.map((event, index) => ({ id: eventId(causationId, index), event, metadata }));
}

/** Whether this step of the command has stored the event. */
export const isStoredBy = (recorded: RecordedEvent, { commandId }: Cause, step?: string): boolean =>
  recorded.metadata.causationId === stepId(commandId, step);

/** Nearly every command makes one append of one event: that one takes the command's own id, which costs no hash. */
const eventId = (causationId: string, index: number): string =>
  index === 0 ? causationId : uuidFromName(String(index), causationId);

const stepId = (commandId: string, step?: string): string =>
  step === undefined ? commandId : uuidFromName(`step ${step}`, commandId);
