import { randomUUID } from 'node:crypto';
import type { DomainEvent } from '../../domain/domain-event.ts';
import { type EventStore, type NewEvent, NO_STREAM } from '../../platform/event-store/event-store.ts';
import type { StreamName } from '../../platform/event-store/stream-name.ts';

/** Begins a stream with these events, as the command service would write them. Rejects when it is there already. */
export async function appendNew<E extends DomainEvent>(
  store: EventStore,
  stream: StreamName<E>,
  actor: string,
  ...events: readonly E[]
): Promise<void> {
  const written = events.map((event): NewEvent<E> => {
    const id = randomUUID();
    const metadata = { commandId: id, correlationId: id, causationId: id, actor, schemaVersion: '1' };
    return { id, event, metadata };
  });
  const { outcome } = await store.append(stream, NO_STREAM, written);
  if (outcome !== 'appended') throw new Error(`${stream} exists already`);
}

/** As many at a time as the store takes. */
const CHUNK = 10_000;

/** Calls `append` with 0, 1, 2, … up to `count`, many at a time. */
export async function appendMany(count: number, append: (number: number) => Promise<void>): Promise<void> {
  for (let chunk = 0; chunk < count; chunk += CHUNK) {
    const numbers = Array.from({ length: Math.min(CHUNK, count - chunk) }, (_, index) => chunk + index);
    await Promise.all(numbers.map(append));
  }
}
