import type { DomainEvent } from '../../../domain/domain-event.ts';
import type { EventMetadata, RecordedEvent } from '../event-store.ts';
import { type LogPosition, toPlace } from './log-position.ts';

/** An event as the client hands it out. */
export interface ClientEvent {
  readonly id: string;
  readonly streamId: string;
  readonly revision: bigint;
  readonly type: string;
  readonly isJson: boolean;
  readonly data: unknown;
  readonly metadata: unknown;
  readonly position?: LogPosition | undefined;
}

/** Undefined for what none of our services wrote: system events, links, binary data. */
export function recordedEvent<E extends DomainEvent>(found: ClientEvent): RecordedEvent<E> | undefined {
  const { id, streamId, revision, type, isJson, data, metadata, position } = found;
  const event = { type, data };
  if (!isJson || type.startsWith('$') || !position) return undefined;
  if (!isOwn<E>(event) || !isMetadata(metadata)) return undefined;
  return { id, stream: streamId, revision: Number(revision), position: toPlace(position), event, metadata };
}

/** A stream is written by its own aggregate alone, with known shapes: reading checks no more than that it is JSON. */
const isOwn = <E extends DomainEvent>(event: { type: string; data: unknown }): event is E =>
  typeof event.data === 'object' && event.data !== null;

const isMetadata = (metadata: unknown): metadata is EventMetadata =>
  typeof metadata === 'object' && metadata !== null && 'commandId' in metadata;
