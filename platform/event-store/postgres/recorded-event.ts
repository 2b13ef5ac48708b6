import type { DomainEvent } from '../../../domain/domain-event.ts';
import type { EventMetadata, RecordedEvent } from '../event-store.ts';

/** The columns in this order, as a query in array mode gives them. */
export const EVENT_COLUMNS = 'position, stream, revision, id, type, data, metadata';

export type EventRow = [
  position: bigint,
  stream: string,
  revision: number,
  id: string,
  type: DomainEvent['type'],
  data: DomainEvent['data'],
  metadata: EventMetadata,
];

/** Of a row that begins with these columns. Only `append` writes rows, so type and data belong together and the stream holds what its name says. */
export function recordedEvent<E extends DomainEvent>(
  row: readonly [...EventRow, ...unknown[]],
): RecordedEvent<E> {
  const [position, stream, revision, id, type, data, metadata] = row;
  return { position, stream, revision, id, event: { type, data } as E, metadata };
}
